internal import CLinux
package import SystemPackage

/// Reading a whole file that is not expected to be large: a policy, a table of the kernel.
package enum SmallFile {
    /// What becomes of a FIFO in the place of a file.
    package enum Pipes: Sendable {
        /// What it has in it now is read, without waiting: whoever put it there must not hold the reader.
        case neverAwaited
        /// It is read to its end, however long its writers take: for commands, whose users type `<(…)`.
        case awaited
    }

    /// - Throws: `EFBIG` if there are more than `limit` bytes, errnos of `open(2)` and `read(2)`; `EAGAIN` for a FIFO that
    ///   is not awaited, with a writer that has not written.
    package static func read(
        _ path: SystemPath, limit: Int, pipes: Pipes = .neverAwaited
    ) throws(Errno) -> [UInt8] {
        try readWithStatus(path, limit: limit, pipes: pipes).bytes
    }

    /// The bytes, and what the very file that was read is: whose, and who may write it.
    package static func readWithStatus(
        _ path: SystemPath, limit: Int, pipes: Pipes = .neverAwaited
    ) throws(Errno) -> (bytes: [UInt8], status: FileStatus) {
        // O_NONBLOCK: nothing in the place of a file may hold the reader, neither here nor in read(2).
        let flags = OpenFlag.readOnly | OpenFlag.closeOnExec | OpenFlag.noControllingTerminal | OpenFlag.nonBlocking
        let file = OwnedDescriptor(
            taking: try check(
                retryingInterrupts { unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) } }))
        let status = try FileStatus.of(file, .synchronized)
        if status.kind == .directory { throw .isDirectory }
        guard status.kind == .file || status.kind == .fifo else { throw .invalidArgument }
        let isAwaited = status.kind == .fifo && pipes == .awaited
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            // Also until somebody opens it to write: an end that comes before the beginning is none.
            while isAwaited, try !Polling.wait(for: file.number, milliseconds: nil) {}
            let count = try file.read(into: &room)
            if count == 0 { return (bytes, status) }
            guard bytes.count + count <= limit else { throw .fileTooLarge }
            bytes.append(contentsOf: room[..<count])
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
}
