internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import Synchronization
internal import SystemPackage

/// Stage 1 for one connection: who asks over it, and whether the policy in force lets them.
struct ConnectionAdmission: ~Copyable {
    private let connection: Connection
    private let service: Service
    private let progress: Progress
    private var peer: AuditRecord.Peer
    /// Who sent the last message, if the kernel says.
    private var sender: PeerCredentials?
    /// For the policy generation of the last request.
    private var asker: Asker?

    init(_ connection: Connection, _ service: Service, _ progress: Progress) {
        self.connection = connection
        self.service = service
        self.progress = progress
        sender = connection.received.withLock { $0.sender }
        peer = connection.describedPeer(connection.credentials)
        if let sender, sender.pid != 0 { note(sender) }
    }

    /// The policy generation in force.
    var generation: PolicyGeneration {
        if let asker, service.policies.isCurrent(asker.generation) { return asker.generation }
        return service.policies.current.generation
    }

    /// A reload's `peer` statements hold for open connections from their next request on.
    ///
    /// - Returns: `nil` if the policy does not let the peer ask: then it has been turned away.
    mutating func admit(by force: PolicyInForce) -> Asker? {
        if let asker, asker.generation === force.generation { return asker }
        let generation = force.generation
        do throws(PeerCheck.Rejection) {
            let subject = try service.peerCheck.admit(connection, generation)
            // Requests may have been received while another policy was in force.
            if let sender { try service.peerCheck.admit(message: sender, generation) }
            let asker = Asker(
                generation, service.site, progress, subject, peer,
                mustKnowSenders: service.peerCheck.mustKnowSenders(generation))
            self.asker = asker
            return asker
        } catch {
            turnAway(.connectionRefused, error.description, generation)
            return nil
        }
    }

    /// Checks who sent the bytes that have just come.
    mutating func admit(sender: PeerCredentials?) throws(PeerCheck.Rejection) {
        if needsSender { try service.peerCheck.admit(message: sender, generation) }
        self.sender = sender
        if let sender, sender.pid != 0 { note(sender) }
    }

    private var needsSender: Bool {
        guard let asker, !asker.mustKnowSenders else { return true }
        return !service.policies.isCurrent(asker.generation)
    }

    private mutating func note(_ sender: PeerCredentials) {
        guard peer.pid != sender.pid || peer.uid != sender.uid || peer.gid != sender.gid else { return }
        peer = connection.describedPeer(sender)
        asker = nil
    }

    /// Whoever is turned away may come again, at some rate, which is not the VM's: the connection stays until then.
    func turnAway(_ event: AuditRecord.Event, _ reason: String, _ generation: PolicyGeneration? = nil) {
        service.report(event, of: peer, reason, .refused, generation ?? self.generation)
        let now = KernelClock.monotonic()
        service.rest(until: now + service.rejections.take(now: now, .standard))
    }
}
