internal import CLinux
internal import Synchronization
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
    /// Whether it is something that waits for a reader: no file.
    private var isStream: Bool
    /// How long to wait for room, in milliseconds.
    private let patience = Atomic<Int32>(AuditFile.longestWait)
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
        let opened = try Self.open(terminated)
        isStream = try Self.isStream(opened)
        descriptor = opened
        self.path = terminated
    }

    /// A stream that this process already has, 1 or 2; it is duplicated. `fcntl(2)`, `F_DUPFD_CLOEXEC`.
    package init(stream number: CInt) throws(Errno) {
        let duplicate = OwnedDescriptor(taking: try check(oh_duplicate(number, 3)))
        isStream = try Self.isStream(duplicate)
        descriptor = duplicate
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
        let opened = try Self.open(path)
        isStream = try Self.isStream(opened)
        descriptor = opened
    }

    private static func isStream(_ descriptor: borrowing OwnedDescriptor) throws(Errno) -> Bool {
        let kind = try FileStatus.of(descriptor).kind
        return kind == .fifo || kind == .socket
    }

    /// Writes all of the bytes, with as many `write(2)` calls as it takes; one, on a file.
    ///
    /// A pipe or socket that is full is waited for, a few seconds at most: its reader may never read again, and every
    /// request waits for its record. After that it is not waited for until something can be written again.
    /// - Throws: `ETIMEDOUT` then; errnos of `write(2)`.
    package borrowing func write(_ bytes: borrowing Span<UInt8>) throws(WriteFailure) {
        var written = 0
        while written < bytes.count {
            var rest = bytes.extracting(droppingFirst: written)
            if isStream {
                guard isWritable(milliseconds: patience.load(ordering: .relaxed)) else {
                    patience.store(0, ordering: .relaxed)
                    throw WriteFailure(errno: .timedOut, written: written)
                }
                // So much fits into a pipe that is writable, without blocking (pipe(7)).
                rest = rest.extracting(first: Self.pipeBuffer)
            }
            let result = unsafe rest.withUnsafeBytes { bytes in
                retryingInterrupts { unsafe oh_write(descriptor.number, bytes.baseAddress, bytes.count) }
            }
            do throws(Errno) {
                written += Int(try check(result))
            } catch .resourceTemporarilyUnavailable {
                continue
            } catch {
                throw WriteFailure(errno: error, written: written)
            }
            // Neither progress nor an error: it would be tried for ever.
            guard result > 0 else { throw WriteFailure(errno: .ioError, written: written) }
        }
        patience.store(Self.longestWait, ordering: .relaxed)
    }

    /// Also if it is broken: the write that follows says how.
    private borrowing func isWritable(milliseconds: Int32) -> Bool {
        var entry = oh_poll_entry(fd: descriptor.number, events: Int16(OH_POLL_OUT), revents: 0)
        return unsafe oh_poll(&entry, 1, milliseconds) > 0
    }

    /// PIPE_BUF
    private static let pipeBuffer = 4096
    private static let longestWait: Int32 = 5000
}
