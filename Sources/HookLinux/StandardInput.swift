package import SystemPackage

/// What whoever started the program gives it to read.
package enum StandardInput {
    /// All of it, to its end. `read(2)`.
    ///
    /// - Throws: `EFBIG` if there are more than `limit` bytes.
    package static func read(limit: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = try OwnedDescriptor.read(from: 0, into: &room)
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { throw .fileTooLarge }
            bytes += room[..<count]
        }
    }
}
