internal import CLinux
package import SystemPackage

/// Reading and writing of what is open: for the programs around the broker, which itself never touches a file's data.
extension OwnedDescriptor {
    /// The access and the status flags of the open file description. `fcntl(2)`, `F_GETFL`.
    package borrowing func statusFlags() throws(Errno) -> UInt32 {
        UInt32(bitPattern: try check(oh_status_flags(number)))
    }

    /// Sets `O_APPEND`, `O_DIRECT`, `O_NOATIME` and `O_NONBLOCK` as they are in `flags`. `fcntl(2)`, `F_SETFL`.
    package borrowing func setStatusFlags(_ flags: UInt32) throws(Errno) {
        _ = try check(oh_set_status_flags(number, Int32(bitPattern: flags)))
    }

    /// The next bytes, as many as there are and fit; none at the end. `read(2)`.
    package borrowing func read(into room: inout [UInt8]) throws(Errno) -> Int {
        try Self.read(from: number, into: &room)
    }

    /// The same of a descriptor that somebody else owns, such as standard input.
    package static func read(from number: CInt, into room: inout [UInt8]) throws(Errno) -> Int {
        Int(
            try check(
                unsafe room.withUnsafeMutableBytes { room in
                    retryingInterrupts { unsafe oh_read(number, room.baseAddress, room.count) }
                }))
    }

    /// Writes all of the bytes. `write(2)`.
    ///
    /// - Throws: `EIO` if neither bytes nor an error come of a call.
    package borrowing func writeAll(_ bytes: [UInt8]) throws(Errno) { try Self.writeAll(bytes, to: number) }

    /// The same to a descriptor that somebody else owns, such as standard output.
    package static func writeAll(_ bytes: [UInt8], to number: CInt) throws(Errno) {
        var written = 0
        while written < bytes.count {
            let count = try check(
                unsafe bytes.withUnsafeBytes { all in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: all[written...])
                    return retryingInterrupts { unsafe oh_write(number, rest.baseAddress, rest.count) }
                })
            guard count > 0 else { throw .ioError }
            written += Int(count)
        }
    }
}
