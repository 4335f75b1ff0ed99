internal import CLinux
package import SystemPackage

/// A process, held by a pidfd: its number cannot come to mean another process as long as it has not ended.
package struct ProcessHandle: ~Copyable, Sendable {
    package let pid: Int32
    private let descriptor: OwnedDescriptor

    /// `pidfd_open(2)`.
    /// - Throws: `ESRCH` if there is no such process, `EINVAL` for a number that is none.
    package init(pid: Int32) throws(Errno) {
        guard pid > 0 else { throw .invalidArgument }
        descriptor = OwnedDescriptor(taking: try check(oh_pidfd_open(pid)))
        self.pid = pid
    }

    /// Whether a number that the kernel just reported for a peer means this very process.
    ///
    /// The pid alone could have been used again; as long as the process has not ended it cannot have been. So the
    /// numbers are compared first, and then the process is looked at.
    package borrowing func isProcess(numbered pid: Int32) -> Bool {
        pid == self.pid && isRunning()
    }

    /// Whether the process has not ended. A pidfd becomes readable when it does (pidfd_open(2)).
    package borrowing func isRunning() -> Bool {
        var entry = oh_poll_entry(fd: descriptor.number, events: Int16(OH_POLL_IN), revents: 0)
        return unsafe oh_poll(&entry, 1, 0) == 0
    }

    /// The pidfd, to be given away.
    package consuming func takeDescriptor() -> OwnedDescriptor { descriptor }

    /// `pidfd_send_signal(2)`.
    package borrowing func send(signal: Signal) throws(Errno) {
        _ = try check(oh_pidfd_signal(descriptor.number, signal.rawValue))
    }
}
