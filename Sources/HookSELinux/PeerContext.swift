package import SystemPackage

/// What the kernel says about the label of a connection's other end.
package enum PeerContext: Sendable, Equatable {
    case labelled(SecurityContext)
    /// There is no label: with the errno that says so, or nil for an empty label.
    case unlabelled(because: Errno?)
    /// There is a label, but another security module's (AppArmor's `unconfined`): it is no SELinux context.
    case foreign([UInt8])

    /// The label's text, whoever's it is; nil if there is none.
    package var bytes: [UInt8]? {
        switch self {
        case .labelled(let context): context.bytes
        case .foreign(let bytes): bytes
        case .unlabelled: nil
        }
    }

    /// The errnos that mean "there are no labels here". Any other errno is a failure, and a failure is a refusal.
    package static let noLabel: [(errno: Errno, because: StaticString)] = [
        (.invalidArgument, "some getsockopt implementations answer this for an option that they do not know"),
        (.protocolNotAvailable, "getsockopt(2): the option is unknown: no security module labels sockets"),
        (.noFunction, "the system call or the library's support for it is not built in"),
    ]

    /// Asks for the label of the socket's other end. It is the label of the peer's socket, fixed when that was made;
    /// for an end of a `socketpair`, the label of whoever made the pair. `getpeercon(3)`.
    ///
    /// - Throws: every errno that is not in `noLabel`.
    package static func read(
        of socket: CInt, through interface: some SELinuxInterface
    ) throws(Errno) -> PeerContext {
        let bytes: [UInt8]
        do {
            bytes = try interface.peerContext(ofSocket: socket)
        } catch {
            guard noLabel.contains(where: { $0.errno == error }) else { throw error }
            return .unlabelled(because: error)
        }
        if bytes.isEmpty { return .unlabelled(because: nil) }
        return SecurityContext(validating: bytes).map(PeerContext.labelled) ?? .foreign(bytes)
    }
}
