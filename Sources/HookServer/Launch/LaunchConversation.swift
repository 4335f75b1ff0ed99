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

    let channel: LaunchChannel
    let origin: Origin
    let service: Service
    let sessions: LaunchSessions
    /// When the whole conversation must be over, by the monotonic clock.
    let deadline: Int64

    /// How long it may take, in nanoseconds. Between terms and handing over a launcher does no more than to look at
    /// directories.
    private static let patience: Int64 = 60_000_000_000
    /// How long a part of what is sent may wait for a launcher that does not read.
    private static let sendTimeoutMilliseconds: Int64 = 5_000

    /// - Throws: errnos of the socket's options.
    init(
        _ socket: consuming UnixSocket, _ origin: Origin, _ service: Service, _ sessions: LaunchSessions
    ) throws(Errno) {
        try socket.receiveCredentials()
        socket.acceptDescriptors()
        try socket.limitSending(milliseconds: Self.sendTimeoutMilliseconds)
        channel = LaunchChannel(socket)
        self.origin = origin
        self.service = service
        self.sessions = sessions
        deadline = KernelClock.monotonic() + Self.patience
    }

    /// Talks on a thread of its own, with a launcher that may come in; turns another one away. Neither waits.
    ///
    /// - Throws: errnos of starting a thread.
    func start() throws(Errno) {
        if let why = obstacle() { return turnAway(why) }
        guard sessions.admitLauncher() else {
            return turnAway("\(LaunchSessions.mostLaunchers) launchers are here already")
        }
        do {
            try Thread.start { [self] in
                ThisProcess.nameThread("launch")
                talk()
                sessions.launcherHasLeft()
            }
        } catch {
            sessions.launcherHasLeft()
            throw error
        }
    }

    // MARK: Coming in

    /// Why the policy does not let this launcher in.
    private func obstacle() -> String? {
        guard case .accepted = origin else { return nil }
        do throws(PeerCheck.Rejection) {
            try admit(service.policies.current.generation)
            return nil
        } catch {
            return "the policy does not let this launcher in: \(error)"
        }
    }

    private func admit(_ generation: PolicyGeneration) throws(PeerCheck.Rejection) {
        let peer: PeerCredentials
        do { peer = try channel.socket.peerCredentials() } catch { throw .senderUnknown }
        try service.peerCheck.admit(
            launcher: peer, PeerContext.result(ofPeerAt: channel.socket, through: service.labels), generation)
    }

    private func turnAway(_ reason: String) {
        service.reject(Self.described(try? channel.socket.peerCredentials()), reason) { [self] in
            // There is room for that: nothing was sent before.
            try? channel.send(
                .refused(status: Status.environment.rawValue, reason: Array(reason.utf8)), until: .max)
        }
    }

    private func talk() {
        do throws(LaunchChannel.Failure) {
            try greet()
            try takeOver(try introduction())
        } catch .ended {
            // A launcher may want to know the terms alone, and may fail at what comes behind them.
        } catch {
            report(.protocolViolation, "a launcher: \(error)", nil, .refused)
        }
    }

    // MARK: Terms

    private func greet() throws(LaunchChannel.Failure) {
        let received = try channel.receive(until: deadline)
        guard case .hello(let version) = received.message else { throw .malformed }
        guard version == LaunchMessage.version else {
            return try refuse(.environment, "the launcher and the broker are of different versions", received.sender)
        }
        let generation = service.policies.current.generation
        let terms = LaunchTerms(
            generation.policy, generation.peers, broker: ThisProcess.pid, service.ownIdentity.uid)
        try channel.send(.terms(terms), until: deadline)
    }

    // MARK: Answers and records

    /// With what a launcher ends that is turned away (exit status).
    enum Status: UInt8 { case environment = 3 }

    func refuse(
        _ status: Status, _ reason: String, _ sender: PeerCredentials?
    ) throws(LaunchChannel.Failure) {
        report(.connectionRefused, reason, sender, .refused)
        try channel.send(.refused(status: status.rawValue, reason: Array(reason.utf8)), until: deadline)
        throw .ended
    }

    func report(
        _ event: AuditRecord.Event, _ reason: String, _ sender: PeerCredentials?, _ result: AuditRecord.Result
    ) {
        service.report(event, of: Self.described(sender), reason, result)
    }

    private static func described(_ launcher: PeerCredentials?) -> AuditRecord.Peer {
        AuditRecord.Peer(pid: launcher?.pid, uid: launcher?.uid, gid: launcher?.gid)
    }
}
