internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import Synchronization
internal import SystemPackage

/// What the threads of the server share.
package final class Service: Sendable {
    let policies: PolicyStore
    let audit: any AuditSink
    let labels: any SELinuxInterface
    let mounts: MountTable
    let peerCheck: PeerCheck
    let ownIdentity: UserIdentity
    /// How notifications are answered; nil: not at all.
    let notifications: (any NotificationFrontEnd)?
    /// How long a request may take, in nanoseconds.
    let openTimeout: Int64
    let site: Site
    /// Requests of front ends whose threads wait for a file system.
    let waiting = CountByRoot(most: CountByRoot.mostWaiting)
    /// Requests of front ends that are being answered.
    let inFlight = RequestsInFlight()
    let lanes: LanePool
    let bucket = TokenBucket()
    /// For connections that are turned away.
    let rejections = TokenBucket()
    let rejected = RejectedPeers()
    let connections = Connections()
    let watchdog = Watchdog()
    let chores: Chores

    private let isEnding = Atomic<Bool>(false)
    private let ending = EventCount()
    private let requests = Atomic<UInt64>(0)
    /// Descriptors that clients sent to the server. They were closed at once.
    let refusedDescriptors = Atomic<UInt64>(0)

    init(
        _ policies: PolicyStore, audit: any AuditSink, labels: any SELinuxInterface, mounts: MountTable,
        peerCheck: PeerCheck, ownIdentity: UserIdentity, openTimeout: Int64, denials: DenialLog,
        notifications: (any NotificationFrontEnd)? = nil
    ) {
        self.notifications = notifications
        self.policies = policies
        self.audit = audit
        self.labels = labels
        self.mounts = mounts
        self.peerCheck = peerCheck
        self.ownIdentity = ownIdentity
        self.openTimeout = openTimeout
        let stuck = CountByRoot(most: CountByRoot.mostStuck)
        site = Site(creations: Creations(), stuck: stuck, denials: denials)
        let lanes = LanePool(stuck) { () throws(Errno) in
            DirectOpener(
                OpenAuthority(
                    descriptors: try DescriptorDirectory(of: .callingThread), mounts: mounts, labels: labels,
                    ownIdentity: ownIdentity))
        }
        self.lanes = lanes
        chores = Chores(audit: audit, lanes: lanes)
    }

    /// The number of the next request.
    func nextRequest() -> UInt64 { requests.add(1, ordering: .relaxed).newValue }

    var isStopping: Bool { isEnding.load(ordering: .acquiring) }

    /// No request that has not begun will be served.
    func stop() {
        isEnding.store(true, ordering: .releasing)
        ending.advance()
    }

    /// Rests until a time of the monotonic clock, or until the server stops.
    func rest(until time: Int64) {
        while !isStopping, KernelClock.monotonic() < time {
            let seen = ending.value
            if isStopping { return }
            ending.wait(while: seen, until: time)
        }
    }
}

/// Connections.
extension Service {
    /// Serves a connection on a thread of its own.
    ///
    /// - Parameter ended: called on that thread when it is over.
    func serve(_ connection: Connection, ended: @escaping @Sendable () -> Void) throws(NotServed) {
        guard connections.add(connection) else { throw .tooMany }
        do { try ConnectionWorker.start(connection, self, ended: ended) } catch {
            connections.remove(connection)
            throw .system(error)
        }
    }

    /// Why a connection is not served.
    enum NotServed: Error, Sendable, Equatable, CustomStringConvertible {
        case tooMany
        /// Of the socket, or of starting a thread.
        case system(Errno)

        var description: String {
            switch self {
            case .tooMany: "\(Connections.most) connections are open already"
            case .system(let errno): errno.described
            }
        }
    }
}

/// Records that are not about one request.
extension Service {
    func report(_ event: AuditRecord.Event, _ reason: String? = nil) throws(Errno) {
        try audit.record(record(event, reason), urgency: .beforeAnswer)
    }

    /// A peer is turned away. Another thread writes that, and then does the rest: this does not wait.
    func reject(_ peer: AuditRecord.Peer, _ reason: String, farewell: @escaping @Sendable () -> Void) {
        var record = record(.connectionRefused, reason)
        record.stage = .peer
        record.result = .refused
        record.peer = peer
        rejected.add(record, farewell: farewell)
    }

    /// What somebody did who asks for nothing, or is not served. It goes on, or ends, whether or not this can be written.
    ///
    /// - Parameter generation: the policy that decided; nil: the one in force.
    func report(
        _ event: AuditRecord.Event, of peer: AuditRecord.Peer, _ reason: String, _ result: AuditRecord.Result,
        _ generation: PolicyGeneration? = nil
    ) {
        var record = record(event, reason, generation)
        if event == .connectionRefused { record.stage = .peer }
        record.result = result
        record.peer = peer
        try? audit.record(record, urgency: .beforeAnswer)
    }

    private func record(
        _ event: AuditRecord.Event, _ reason: String?, _ generation: PolicyGeneration? = nil
    ) -> AuditRecord {
        let generation = generation ?? policies.current.generation
        var record = AuditRecord(
            event, time: KernelClock.realtime(), vm: generation.policy.vm, generation: generation.number)
        record.uuid = generation.policy.uuid
        record.selinux = AuditRecord.SELinux(generation.labelCheck.mode)
        if event == .stopped, refusedDescriptors.load(ordering: .relaxed) > 0 {
            let count = refusedDescriptors.load(ordering: .relaxed)
            record.reason = Array("\(count) descriptors that clients sent were closed".utf8)
        }
        if let reason { record.reason = Array(reason.utf8) }
        return record
    }
}
