internal import CLinux
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

    /// `isatty(3)`
    package static var isTerminal: Bool { oh_is_terminal(0) == 1 }

    /// One line without its end; nil at the end of the input. Of a line that is very long the rest is left out. `read(2)`.
    package static func line() throws(Errno) -> [UInt8]? {
        var line: [UInt8] = []
        var room: [UInt8] = [0]
        while try OwnedDescriptor.read(from: 0, into: &room) == 1 {
            if room[0] == UInt8(ascii: "\n") { return line }
            if line.count < 4096 { line.append(room[0]) }
        }
        return line.isEmpty ? nil : line
    }
}
