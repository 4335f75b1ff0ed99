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

    /// The first bytes of a regular file, at most so many.
    ///
    /// - Throws: `EINVAL` for what is no regular file, errnos of `open(2)` and `read(2)`.
    package static func readBeginning(_ path: SystemPath, count: Int) throws(Errno) -> [UInt8] {
        let flags = OpenFlag.readOnly | OpenFlag.closeOnExec | OpenFlag.noControllingTerminal | OpenFlag.nonBlocking
        let file = OwnedDescriptor(
            taking: try check(
                retryingInterrupts { unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) } }))
        guard try FileStatus.of(file).kind == .file else { throw .invalidArgument }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try file.read(into: &bytes)
        return Array(bytes.prefix(got))
    }

    /// Puts a file with these bytes in the place of a name, whole or not at all. `open(2)`, `rename(2)`.
    ///
    /// The directory must be one that only this process's user can write.
    package static func replace(_ path: SystemPath, _ bytes: [UInt8], mode: UInt32) throws(Errno) {
        var draft = path
        draft.append(Array(".new".utf8).span)
        let flags =
            OpenFlag.writeOnly | OpenFlag.create | OpenFlag.truncate | OpenFlag.noFollow | OpenFlag.closeOnExec
        let file = OwnedDescriptor(
            taking: try check(unsafe draft.withCString { unsafe oh_openat(currentDirectory, $0, flags, mode) }))
        _ = try check(oh_set_mode(file.number, mode))
        try file.writeAll(bytes)
        _ = try check(
            unsafe draft.withCString { draft in unsafe path.withCString { unsafe oh_rename(draft, $0) } })
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
