internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import HookWire
internal import SystemPackage

/// The broker's side of one launcher's visit, on a thread of its own: it tells the terms, and takes over what QEMU will be
/// reached by.
final class LaunchConversation: Sendable {
    /// How the launcher came.
    enum Origin: Sendable {
        /// Through the socket that anyone may reach who can see its name: the policy's `peer` statements say who may.
        case accepted
        /// Over a channel that this process was started with.
        case inherited
    }

    private let channel: LaunchChannel
    private let origin: Origin
    private let service: Service
    private let guests: Guests

    /// How long a launcher may be silent, in milliseconds.
    private static let patience: Int32 = 30_000

    /// - Throws: errnos of the socket's options.
    init(
        _ socket: consuming UnixSocket, _ origin: Origin, _ service: Service, _ guests: Guests
    ) throws(Errno) {
        try socket.receiveCredentials()
        socket.acceptDescriptors()
        try socket.limitSending(milliseconds: Int64(Self.patience))
        channel = LaunchChannel(socket)
        self.origin = origin
        self.service = service
        self.guests = guests
    }

    /// Talks on a thread of its own, and counts as a guest until it is over.
    func start() throws(Errno) {
        guests.enter()
        do {
            try Thread.start { [self] in
                ThisProcess.nameThread("launch")
                talk()
                guests.leave()
            }
        } catch {
            guests.leave()
            throw error
        }
    }

    private func talk() {
        do throws(LaunchChannel.Failure) {
            try greet()
            let peer = try introduction()
            guard let peer else { return }
            try takeOver(peer)
        } catch .ended {
            // A launcher may want to know the terms alone, and may fail at what comes behind them.
        } catch {
            report(.protocolViolation, "a launcher: \(error)", nil, .refused)
        }
    }

    // MARK: Terms

    private func greet() throws(LaunchChannel.Failure) {
        let received = try channel.receive(milliseconds: Self.patience)
        guard case .hello(let version) = received.message else { throw .malformed }
        guard version == LaunchMessage.version else {
            return try refuse(.environment, "the launcher and the broker are of different versions", received.sender)
        }
        let generation = service.policies.current.generation
        if case .accepted = origin {
            do throws(PeerCheck.Rejection) { try admit(generation) } catch {
                return try refuse(.environment, "the policy does not let this launcher in: \(error)", received.sender)
            }
        }
        try channel.send(.terms(LaunchTerms(generation.policy, broker: ThisProcess.pid, service.ownIdentity.uid)))
    }

    private func admit(_ generation: PolicyGeneration) throws(PeerCheck.Rejection) {
        let peer: PeerCredentials
        do { peer = try channel.socket.peerCredentials() } catch { throw .senderUnknown }
        try service.peerCheck.admit(
            launcher: peer, PeerContext.result(ofPeerAt: channel.socket, through: service.labels), generation)
    }

    // MARK: Handing over

    /// The process that the launcher is, and QEMU will be.
    private struct Introduction: ~Copyable {
        let process: OwnedDescriptor
        let sender: PeerCredentials?
    }

    private func introduction() throws(LaunchChannel.Failure) -> Introduction? {
        var received = try channel.receive(milliseconds: Self.patience)
        guard case .process = received.message, let process = received.descriptor.take() else { throw .malformed }
        return Introduction(process: process, sender: received.sender)
    }

    private func takeOver(_ peer: consuming Introduction) throws(LaunchChannel.Failure) {
        var received = try channel.receive(milliseconds: Self.patience)
        let sender = received.sender ?? peer.sender
        guard let descriptor = received.descriptor.take() else { throw .malformed }
        switch received.message {
        case .notifications(let coverage, let wall):
            try serve(
                NotifiedProgram(listener: descriptor, process: peer.process, coverage: coverage), sender, wall)
        case .connection(let wall): try serve(descriptor, sender, wall)
        case .hello, .terms, .process, .ready, .refused: throw .malformed
        }
    }

    private func serve(
        _ program: consuming NotifiedProgram, _ sender: PeerCredentials?, _ wall: [UInt8]
    ) throws(LaunchChannel.Failure) {
        guard let frontEnd = service.notifications else {
            return try refuse(.environment, "this server does not answer notifications", sender)
        }
        do throws(Errno) {
            let kept = try KeptProgram(program, frontEnd)
            try guests.serve(kept, frontEnd, service)
        } catch {
            return try refuse(.environment, "notifications cannot be served: \(error.described)", sender)
        }
        try welcome(sender, wall)
    }

    private func serve(
        _ descriptor: consuming OwnedDescriptor, _ sender: PeerCredentials?, _ wall: [UInt8]
    ) throws(LaunchChannel.Failure) {
        do throws(Errno) {
            let connection = try Connection(
                try UnixSocket(taking: descriptor), .inherited, labels: service.labels)
            let guests = guests
            try service.serve(connection) { guests.changed() }
        } catch {
            return try refuse(.environment, "the socket cannot be served: \(error.described)", sender)
        }
        try welcome(sender, wall)
    }

    private func welcome(_ sender: PeerCredentials?, _ wall: [UInt8]) throws(LaunchChannel.Failure) {
        let warnings = boundaryWarnings(sender).map { ". not a boundary: \($0)" }.joined()
        report(.attached, String(decoding: wall, as: UTF8.self) + warnings, sender, .granted)
        try channel.send(.ready)
    }

    /// Why QEMU could do by itself what the broker refuses.
    private func boundaryWarnings(_ sender: PeerCredentials?) -> [String] {
        guard let sender else { return [] }
        if sender.uid == 0 { return ["QEMU runs as root"] }
        return sender.uid == service.ownIdentity.uid ? ["QEMU runs as the broker's own user"] : []
    }

    // MARK: Answers and records

    /// With what a launcher ends that is turned away (exit status).
    private enum Status: UInt8 { case environment = 3 }

    private func refuse(
        _ status: Status, _ reason: String, _ sender: PeerCredentials?
    ) throws(LaunchChannel.Failure) {
        report(.connectionRefused, reason, sender, .refused)
        try channel.send(.refused(status: status.rawValue, reason: Array(reason.utf8)))
        throw .ended
    }

    private func report(
        _ event: AuditRecord.Event, _ reason: String, _ sender: PeerCredentials?, _ result: AuditRecord.Result
    ) {
        let launcher = AuditRecord.Peer(pid: sender?.pid, uid: sender?.uid, gid: sender?.gid)
        service.report(event, of: launcher, reason, result)
    }
}
