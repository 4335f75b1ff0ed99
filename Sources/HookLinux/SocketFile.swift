internal import CLinux
package import SystemPackage

/// A listening socket with a name in the file system, which goes when the value ends.
package final class SocketFile: Sendable {
    package let socket: UnixSocket
    private let path: SystemPath
    private let identity: FileIdentity

    /// Who may connect.
    package struct Access: Sendable {
        package let uid: UInt32?
        package let gid: UInt32?
        package let mode: UInt32
        package init(uid: UInt32?, gid: UInt32?, mode: UInt32) {
            self.uid = uid
            self.gid = gid
            self.mode = mode
        }
    }

    /// Makes a socket that asks for credentials, binds it and listens.
    ///
    /// It is never made over a file that exists: a socket to which nobody listens any more is replaced, anything else
    /// is an error. The name appears with mode 0600 and gets its owner and mode before anyone can connect.
    /// - Throws: `EADDRINUSE` if a server listens there, `EEXIST` if it is no socket, errnos of `bind(2)` and the rest.
    package init(at path: SystemPath, _ style: UnixSocket.Style, _ access: Access) throws(Errno) {
        try Self.removeStale(path, style)
        let made = try UnixSocket(style)
        // The name gets the socket's own mode, less the umask (unix(7), `unix_bind`): no one else's from its first moment.
        _ = try check(oh_set_mode(made.descriptor.number, 0o600))
        try made.bind(to: path)
        self.path = path
        do {
            identity = try FileStatus.named(path).identity
            _ = try check(
                unsafe path.withCString {
                    unsafe oh_set_socket_access($0, access.uid ?? .max, access.gid ?? .max, access.mode)
                })
            // Before listen: a message that is sent earlier would arrive without its sender (unix(7)).
            try made.receiveCredentials()
            made.refuseDescriptors()
            try made.listen()
        } catch {
            _ = unsafe path.withCString { unsafe oh_unlink($0) }
            throw error
        }
        socket = made
    }

    /// Removes the name, if it is still this socket's.
    deinit {
        guard let now = try? FileStatus.named(path), now.identity == identity else { return }
        _ = unsafe path.withCString { unsafe oh_unlink($0) }
    }

    private static func removeStale(_ path: SystemPath, _ style: UnixSocket.Style) throws(Errno) {
        let found: FileStatus
        do { found = try FileStatus.named(path) } catch {
            guard error == .noSuchFileOrDirectory else { throw error }
            return
        }
        guard found.kind == .socket else { throw .fileExists }
        do {
            // Without waiting: a server whose backlog is full is alive.
            let probe = try UnixSocket(style)
            _ = try check(oh_set_status_flags(probe.descriptor.number, OpenFlag.readWrite | OpenFlag.nonBlocking))
            try probe.connect(to: path)
        } catch .connectionRefused {
            _ = try check(unsafe path.withCString { unsafe oh_unlink($0) })
            return
        } catch {
            // EPROTOTYPE: a server of the other style, alive. EACCES and the rest: not ours to judge.
            throw error == Errno(rawValue: 91) ? .addressInUse : error
        }
        throw .addressInUse
    }
}
