internal import CLinux
package import SystemPackage

/// A seccomp filter that lets another process answer some of the system calls of this one. `seccomp(2)`,
/// `seccomp_unotify(2)`.
package enum SystemCallFilter {
    /// Why this kernel cannot do it.
    package enum Gap: Error, Sendable, Equatable {
        /// No `SECCOMP_RET_USER_NOTIF`: Linux 5.0.
        case noNotification
        /// No `SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV`: Linux 5.19. Without it a signal turns an open into `EINTR`, or
        /// into an endless restart.
        case interruptible
        /// The kernel's messages are longer than this program knows.
        case messagesTooLong
    }

    /// Asks the kernel for what `install` needs, by name and not by version.
    package static func probe() throws(Gap) {
        switch oh_seccomp_can_notify() {
        case 0: break
        case 0 - Errno.argListTooLong.rawValue: throw .messagesTooLong
        default: throw .noNotification
        }
        guard oh_seccomp_knows(flags) == 0 else { throw .interruptible }
    }

    /// Installs a filter for the calling thread and all that it starts, for good.
    ///
    /// - Parameter program: instructions as the kernel wants them (`struct sock_filter`).
    /// - Returns: the descriptor at which the calls are answered, close-on-exec.
    /// - Throws: `EACCES` without `no_new_privs`, `EBUSY` under a filter that has a listener already, `EINVAL` for a
    ///   program that is none.
    package static func install(_ program: [UInt8]) throws(Errno) -> OwnedDescriptor {
        let installed = unsafe program.withUnsafeBytes { bytes in
            unsafe oh_seccomp_install(bytes.baseAddress, bytes.count, flags)
        }
        return OwnedDescriptor(taking: try check(installed))
    }

    private static let flags = UInt32(OH_FILTER_NEW_LISTENER | OH_FILTER_WAIT_KILLABLE)
}

extension SystemCallFilter.Gap: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noNotification: "this kernel has no seccomp user notification: Linux 5.19 or newer is needed"
        case .interruptible:
            "this kernel lets signals interrupt a system call that is being answered "
                + "(no SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV): Linux 5.19 or newer is needed"
        case .messagesTooLong: "this kernel's notifications are longer than this program knows"
        }
    }
}
