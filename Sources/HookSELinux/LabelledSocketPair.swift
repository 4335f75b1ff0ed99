package import HookLinux
package import SystemPackage

/// Two connected sockets that carry a label of the maker's choice: to a server at one end, whoever holds the other end
/// is the owner of that label.
///
/// A launcher needs it, because the kernel labels a pair when it is made, with the label of whoever makes it, and never
/// again: QEMU, which inherits its end, would be the launcher to the server. `setsockcreatecon(3)`, `socketpair(2)`.
package enum LabelledSocketPair {
    package enum Failure: Error, Equatable {
        /// The label cannot be set: not allowed (`process setsockcreate`), not known to the policy, or no SELinux.
        case labelNotSet(Errno)
        case notMade(Errno)
        /// What the kernel says of the pair is another label, or none.
        case otherLabel(PeerContext)
        case labelUnreadable(Errno)
        /// The pair is closed, and this thread would give the label to its next socket: it must make none.
        case labelKept(Errno)
    }

    /// Makes the pair with the label set for this thread, and sets it back to what it was, whatever comes of the pair. A
    /// thread whose sockets have that label anyway sets nothing: it need not be allowed to.
    ///
    /// All of it happens on the calling thread: the label belongs to the thread that sets it.
    package static func make(
        _ style: UnixSocket.Style, labelled label: SecurityContext, through interface: some SELinuxInterface
    ) throws(Failure) -> SocketPair {
        let before = try labelBefore(interface)
        if isGiven(label, before, interface) {
            let pair: SocketPair
            do { pair = try UnixSocket.pair(style) } catch { throw .notMade(error) }
            try require(label, on: pair, interface)
            return pair
        }
        do { try interface.setSocketCreationContext(label) } catch { throw .labelNotSet(error) }
        let made = Result { () throws(Errno) in try UnixSocket.pair(style) }
        do { try interface.setSocketCreationContext(before) } catch { throw .labelKept(error) }
        switch consume made {
        case .failure(let errno): throw .notMade(errno)
        case .success(let pair):
            try require(label, on: pair, interface)
            return pair
        }
    }

    private static func labelBefore(_ interface: some SELinuxInterface) throws(Failure) -> SecurityContext? {
        let bytes: [UInt8]
        do { bytes = try interface.socketCreationContext() } catch { throw .labelNotSet(error) }
        if bytes.isEmpty { return nil }
        guard let context = SecurityContext(validating: bytes) else { throw .labelNotSet(.invalidArgument) }
        return context
    }

    /// Whether this thread's sockets have that label without more: the one set for them, else the thread's own.
    private static func isGiven(
        _ label: SecurityContext, _ set: SecurityContext?, _ interface: some SELinuxInterface
    ) -> Bool {
        if let set { return set == label }
        guard let own = try? interface.ownContext() else { return false }
        return SecurityContext(validating: own) == label
    }

    /// Both ends must have it: each end's peer is the other one.
    private static func require(
        _ label: SecurityContext, on pair: borrowing SocketPair, _ interface: some SELinuxInterface
    ) throws(Failure) {
        for end in [pair.first.descriptor.number, pair.second.descriptor.number] {
            let found: PeerContext
            do { found = try PeerContext.read(of: end, through: interface) } catch { throw .labelUnreadable(error) }
            guard found == .labelled(label) else { throw .otherLabel(found) }
        }
    }
}

extension LabelledSocketPair.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .labelNotSet(let errno):
            "a socket cannot be given a label: setsockcreatecon: \(errno.described): "
                + "allow it `process setsockcreate`, and use a label that the policy knows"
        case .notMade(let errno):
            "no socket pair with that label: socketpair: \(errno.described): allow `unix_stream_socket create` with it"
        case .otherLabel(.labelled(let found)): "the kernel gave the socket pair another label: \(found)"
        case .otherLabel: "the kernel gave the socket pair no label"
        case .labelUnreadable(let errno): "the label of the socket pair cannot be read: getpeercon: \(errno.described)"
        case .labelKept(let errno): "the label for sockets cannot be taken back: setsockcreatecon: \(errno.described)"
        }
    }
}
