internal import CLinux
package import SystemPackage

/// Where audit lines go: a file that is only ever appended to, or an inherited stream such as standard error.
///
/// `write(2)` to a pipe whose reader is gone raises SIGPIPE: the program ignores that signal at start.
package struct AuditFile: ~Copyable, Sendable {
    /// How much of a write got through before it failed.
    package struct WriteFailure: Error, Equatable {
        package let errno: Errno
        /// Bytes that were written, and stay written.
        package let written: Int
    }

    private var descriptor: OwnedDescriptor
    /// With a closing NUL; nil for a stream, which has no name to open again.
    private let path: [CChar]?

    /// Opens the file for appending, and makes it, for its owner alone, if it is missing. The name's last component
    /// must not be a symbolic link. The corresponding system call is `open(2)` with
    /// `O_WRONLY|O_APPEND|O_CREAT|O_NOFOLLOW|O_NONBLOCK|O_NOCTTY|O_CLOEXEC`; `O_NONBLOCK`, so that a FIFO without a
    /// reader is an error at start and not a server that hangs.
    ///
    /// - Throws: `EINVAL` for a name with a NUL inside, `ELOOP` for a symbolic link, `ENXIO` for a FIFO that nobody
    ///   reads, and the errnos of `open(2)`.
    package init(appendingTo path: [UInt8]) throws(Errno) {
        guard !path.contains(0) else { throw .invalidArgument }
        let terminated = path.map { CChar(bitPattern: $0) } + [0]
        self.descriptor = try Self.open(terminated)
        self.path = terminated
    }

    /// A stream that this process already has, 1 or 2; it is duplicated. `fcntl(2)`, `F_DUPFD_CLOEXEC`.
    package init(stream number: CInt) throws(Errno) {
        self.descriptor = OwnedDescriptor(taking: try check(oh_duplicate(number, 3)))
        self.path = nil
    }

    private static func open(_ path: [CChar]) throws(Errno) -> OwnedDescriptor {
        let options: FileDescriptor.OpenOptions = [.append, .create, .noFollow, .nonBlocking, .closeOnExec]
        let noControllingTerminal: CInt = 0o400
        let flags = FileDescriptor.AccessMode.writeOnly.rawValue | options.rawValue | noControllingTerminal
        let currentDirectory: CInt = -100
        return OwnedDescriptor(
            taking: try check(retryingInterrupts { unsafe oh_openat(currentDirectory, path, flags, 0o600) }))
    }

    /// Opens the same name again, for rotation: the old file was renamed. The old one stays in use if that fails.
    /// A stream is left as it is.
    package mutating func reopen() throws(Errno) {
        guard let path else { return }
        descriptor = try Self.open(path)
    }

    /// Writes all of the bytes, with as many `write(2)` calls as it takes; one, on a file. A pipe that is full is
    /// waited for, also if somebody made it non-blocking.
    package borrowing func write(_ bytes: borrowing Span<UInt8>) throws(WriteFailure) {
        var written = 0
        while written < bytes.count {
            let rest = bytes.extracting(droppingFirst: written)
            let result = unsafe rest.withUnsafeBytes { bytes in
                retryingInterrupts { unsafe oh_write(descriptor.number, bytes.baseAddress, bytes.count) }
            }
            do throws(Errno) {
                written += Int(try check(result))
            } catch .resourceTemporarilyUnavailable {
                waitUntilWritable()
                continue
            } catch {
                throw WriteFailure(errno: error, written: written)
            }
            // Neither progress nor an error: it would be tried for ever.
            guard result > 0 else { throw WriteFailure(errno: .ioError, written: written) }
        }
    }

    /// A failed wait is not an error of its own: the write that follows says what is wrong.
    private borrowing func waitUntilWritable() {
        var entry = oh_poll_entry(fd: descriptor.number, events: Int16(OH_POLL_OUT), revents: 0)
        _ = unsafe oh_poll(&entry, 1, -1)
    }
}
