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
