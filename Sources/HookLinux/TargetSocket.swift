internal import CLinux
package import SystemPackage

/// Calls on a socket that another process owns, made for it.
package enum TargetSocket {
    /// `connect(2)`, with an address as that process gave it. It may block as long as the peer likes.
    package static func connect(_ socket: borrowing OwnedDescriptor, _ address: [UInt8]) throws(Errno) {
        let number = socket.number
        _ = try check(unsafe address.withUnsafeBytes { unsafe oh_connect_address(number, $0.baseAddress, $0.count) })
    }

    /// `bind(2)`
    package static func bind(_ socket: borrowing OwnedDescriptor, _ address: [UInt8]) throws(Errno) {
        let number = socket.number
        _ = try check(unsafe address.withUnsafeBytes { unsafe oh_bind_address(number, $0.baseAddress, $0.count) })
    }

    /// The permissions that the socket's name will have once it is bound, but for this process's umask. `fchmod(2)`.
    package static func setPermissions(of socket: borrowing OwnedDescriptor, _ mode: UInt32) throws(Errno) {
        _ = try check(oh_set_mode(socket.number, mode))
    }

    /// Holds what a name leads to, symbolic links followed, with the rights that this thread has now. `open(2)`, `O_PATH`.
    package static func hold(_ path: SystemPath) throws(Errno) -> OwnedDescriptor {
        let flags = OpenFlag.pathOnly | OpenFlag.closeOnExec
        return OwnedDescriptor(
            taking: try check(unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) }))
    }
}

extension TargetProcess {
    /// What a link in its folder in `/proc` leads to, not opened. `open(2)`, `O_PATH`.
    package func object(_ name: String) throws(Errno) -> OwnedDescriptor { try TargetSocket.hold(entry(name)) }
}

/// The calling thread acts as another user, for as long as the value lives: at file system calls, and for whoever asks who
/// is at the other end of a socket. Its capabilities are gone meanwhile, if it was root.
package struct AssumedUser: ~Copyable {
    private let before: UserIdentity

    /// `setresuid(2)`, `setresgid(2)` and `setgroups(2)`, of the effective ids and of this thread alone.
    ///
    /// - Throws: `EPERM` if the kernel did not let this process do that.
    package init(_ user: UserIdentity, insteadOf before: UserIdentity) throws(Errno) {
        self.before = before
        do { try Self.become(user) } catch {
            try Self.become(before)
            throw error
        }
    }

    deinit {
        do { try Self.become(before) } catch { preconditionFailure("the thread's identity could not be restored") }
    }

    private static func become(_ user: UserIdentity) throws(Errno) {
        _ = try check(
            unsafe user.groups.withUnsafeBufferPointer {
                unsafe oh_assume_user(user.uid, user.gid, $0.baseAddress, $0.count)
            })
    }
}
