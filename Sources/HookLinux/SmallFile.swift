internal import CLinux
package import SystemPackage

/// Reading a whole file that is not expected to be large: a policy, a table of the kernel.
package enum SmallFile {
    /// - Throws: `EFBIG` if there are more than `limit` bytes, errnos of `open(2)` and `read(2)`.
    package static func read(_ path: SystemPath, limit: Int) throws(Errno) -> [UInt8] {
        try readWithStatus(path, limit: limit).bytes
    }

    /// The bytes, and what the very file that was read is: whose, and who may write it.
    package static func readWithStatus(
        _ path: SystemPath, limit: Int
    ) throws(Errno) -> (bytes: [UInt8], status: FileStatus) {
        // O_NONBLOCK: a FIFO in the place of a file must not hold the reader.
        let flags = OpenFlag.readOnly | OpenFlag.closeOnExec | OpenFlag.noControllingTerminal | OpenFlag.nonBlocking
        let file = OwnedDescriptor(
            taking: try check(
                retryingInterrupts { unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) } }))
        let status = try FileStatus.of(file, .synchronized)
        if status.kind == .directory { throw .isDirectory }
        guard status.kind == .file || status.kind == .fifo else { throw .invalidArgument }
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let number = file.number
            let count = try check(
                unsafe room.withUnsafeMutableBytes { room in
                    retryingInterrupts { unsafe oh_read(number, room.baseAddress, room.count) }
                })
            if count == 0 { return (bytes, status) }
            guard bytes.count + Int(count) <= limit else { throw .fileTooLarge }
            bytes.append(contentsOf: room[..<Int(count)])
        }
    }
}

extension SmallFile {
    /// What whoever started the program gives it to read, to its end. `read(2)`.
    ///
    /// - Throws: `EFBIG` if there are more than `limit` bytes.
    package static func readStandardInput(limit: Int) throws(Errno) -> [UInt8] {
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
