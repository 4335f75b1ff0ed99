internal import CLinux
package import SystemPackage

/// The process at the other end of a socket, or the sender of one message (unix(7)).
package struct PeerCredentials: Sendable, Equatable {
    package let pid: Int32
    package let uid: UInt32
    package let gid: UInt32

    package init(pid: Int32, uid: UInt32, gid: UInt32) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
    }

    init(_ raw: oh_credentials) {
        self.init(pid: raw.pid, uid: raw.uid, gid: raw.gid)
    }
}

extension UnixSocket {
    /// Who connected, or made the pair: `SO_PEERCRED`. On an inherited pair that is not who uses it now.
    package borrowing func peerCredentials() throws(Errno) -> PeerCredentials {
        var raw = oh_credentials()
        _ = try check(unsafe oh_peer_credentials(descriptor.number, &raw))
        return PeerCredentials(raw)
    }
}
