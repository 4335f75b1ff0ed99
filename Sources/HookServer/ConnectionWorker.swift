internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import HookWire
internal import Synchronization
internal import SystemPackage

/// The thread that serves one connection: it waits for a request, answers it, and waits for the next.
///
/// When a request outlives its deadline in the kernel, this thread is lost to it; the watchdog starts another one,
/// which answers `ETIMEDOUT` and serves the connection from there on.
struct ConnectionWorker: ~Copyable {
    private let connection: Connection
    private let service: Service
    private let ticket = AnswerTicket()
    private let progress = Progress()
    private let atWork = JobAtWork()
    private var sequence: AnswerSequence
    private var opener: DirectOpener

    private var name: [UInt8] = []
    private var peer: AuditRecord.Peer
    /// Who sent the last message, if the kernel says.
    private var sender: PeerCredentials?
    /// For the policy generation of the last request.
    private var asker: Asker?

    private init(_ connection: Connection, _ service: Service) throws(Errno) {
        self.connection = connection
        self.service = service
        sequence = AnswerSequence(connection, ticket, service.audit)
        opener = DirectOpener(
            OpenAuthority(
                descriptors: try DescriptorDirectory(of: .process), mounts: service.mounts, labels: service.labels,
                ownIdentity: service.ownIdentity))
        sender = connection.received.withLock { $0.sender }
        peer = connection.describedPeer(connection.credentials)
        if let sender, sender.pid != 0 { note(sender) }
    }

    /// Serves a connection on a thread of its own, until it ends.
    ///
    /// - Parameter expired: a request to answer with `ETIMEDOUT` first.
    /// - Parameter ended: called on that thread when the connection is over.
    static func start(
        _ connection: Connection, _ service: Service, answering expired: OpenJob? = nil,
        ended: @escaping @Sendable () -> Void
    ) throws(Errno) {
        try Thread.start {
            ThisProcess.nameThread("connection")
            let isOver: Bool
            do {
                var worker = try ConnectionWorker(connection, service)
                isOver = worker.run(answering: expired, ended)
            } catch {
                isOver = true
            }
            guard isOver else { return }
            connection.end()
            service.connections.remove(connection)
            ended()
        }
    }

    /// - Returns: whether the connection is over; not, if another thread has taken it over.
    private mutating func run(answering expired: OpenJob?, _ ended: @escaping @Sendable () -> Void) -> Bool {
        // Whom the policy does not admit is turned away before any request.
        guard admit(service.policies.current.generation) != nil else { return true }
        service.watchdog.watch(watched(ended))
        defer { service.watchdog.forget(ticket) }
        if let expired {
            let refusal = Refusal(.timedOut, at: .deadline, .outOfTime)
            guard case .answered = sequence.refuse(refusal, expired, DecidedNames()) else { return true }
        }
        while !service.isStopping {
            guard let request = receive() else { return true }
            switch answer(request) {
            case .answered: continue
            case .connectionLost, .mayHang: return true
            case .tooLate: return false
            }
        }
        return true
    }

    /// What the watchdog does for a request of this worker's that outlived its deadline.
    private func watched(_ ended: @escaping @Sendable () -> Void) -> Watchdog.Watched {
        let (connection, service, progress, atWork) = (connection, service, progress, atWork)
        return Watchdog.Watched(ticket: ticket) {
            let job = atWork.giveUp(progress, service.site.stuck)
            do {
                try ConnectionWorker.start(connection, service, answering: job, ended: ended)
            } catch {
                // No thread is left to answer: then the client sees the end.
                connection.end()
                service.connections.remove(connection)
                ended()
            }
        }
    }

    // MARK: Answering

    private mutating func answer(_ request: ReceivedRequest) -> AnswerSequence.Ending {
        let force = service.policies.current
        guard let asker = admit(force.generation) else { return .connectionLost }
        let now = pause(at: force.generation.policy.rate)
        let job = OpenJob(
            asker: asker, number: service.nextRequest(), flags: request.flags, name: name, began: now,
            deadline: now + service.openTimeout)
        atWork.begin(job)
        ticket.begin(deadline: job.deadline)
        service.watchdog.expectExpiry(by: job.deadline)
        service.chores.expectRequest(now: now)
        let ending = answer(job, request.nameError, force)
        if case .tooLate = ending {
            // The job stays for the watchdog, which may be about to look for it.
            atWork.returnLate(service.site.stuck)
            return ending
        }
        progress.leave()
        atWork.end()
        return ending
    }

    /// Takes a token of the VM's rate, and waits for it if there is none.
    ///
    /// - Returns: the time afterwards.
    @discardableResult
    private func pause(at rate: Rate) -> Int64 {
        let now = KernelClock.monotonic()
        let delay = service.bucket.take(now: now, rate)
        guard delay > 0 else { return now }
        service.rest(until: now + delay)
        return KernelClock.monotonic()
    }

    private mutating func answer(
        _ job: OpenJob, _ nameError: Errno?, _ force: PolicyInForce
    ) -> AnswerSequence.Ending {
        if let nameError {
            let reason = nameError == .fileNameTooLong ? Refusal.Reason.nameTooLong : .malformedName
            return refuse(Self.refusal(ofFlags: job) ?? Refusal(nameError, at: .name, reason), job)
        }
        opener.roots = force.roots
        defer { opener.roots = nil }
        let ending = sequence.answer(job, with: &opener)
        guard case .mayHang = ending else { return ending }
        do throws(Refusal) {
            var lane = try LaneOpener(service.lanes, for: job)
            return sequence.answer(job, with: &lane)
        } catch {
            return refuse(error, job)
        }
    }

    /// Flags come before the name, also before one that was found to be bad when the message was taken apart.
    private static func refusal(ofFlags job: OpenJob) -> Refusal? {
        do throws(Refusal) {
            _ = try RequestedFlags(job.flags)
            return nil
        } catch {
            return error
        }
    }

    private mutating func refuse(_ refusal: Refusal, _ job: OpenJob) -> AnswerSequence.Ending {
        guard ticket.claim() else { return .tooLate }
        return sequence.refuse(refusal, job, DecidedNames())
    }

    // MARK: Who asks

    /// The policy generation in force.
    private var generation: PolicyGeneration {
        if let asker, service.policies.isCurrent(asker.generation) { return asker.generation }
        return service.policies.current.generation
    }

    /// A reload's `peer` statements hold for open connections from their next request on.
    private mutating func admit(_ generation: PolicyGeneration) -> Asker? {
        if let asker, asker.generation === generation { return asker }
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

    /// Whoever is turned away may come again, at some rate, which is not the VM's: the connection stays until then.
    private func turnAway(_ event: AuditRecord.Event, _ reason: String, _ generation: PolicyGeneration) {
        report(event, reason, generation)
        let now = KernelClock.monotonic()
        service.rest(until: now + service.rejections.take(now: now, .standard))
    }

    private func report(_ event: AuditRecord.Event, _ reason: String, _ generation: PolicyGeneration) {
        var record = AuditRecord(
            event, time: KernelClock.realtime(), vm: generation.policy.vm, generation: generation.number)
        record.uuid = generation.policy.uuid
        record.peer = peer
        record.reason = Array(reason.utf8)
        record.stage = event == .connectionRefused ? .peer : nil
        record.result = .refused
        // The connection ends whether or not this can be written.
        try? service.audit.record(record, urgency: .beforeAnswer)
    }

    // MARK: Receiving

    /// A request to open whose bytes have been consumed; its name is in `name`.
    private struct ReceivedRequest {
        let flags: UInt32
        /// The name is bad: this is the answer.
        let nameError: Errno?
    }

    private enum Failure: Error {
        case violation(ProtocolViolation)
        case rejected(PeerCheck.Rejection)
        case ended
    }

    /// Waits for the next request to open. Unknown commands are answered on the way.
    ///
    /// - Returns: `nil` when the connection is over.
    private mutating func receive() -> ReceivedRequest? {
        do throws(Failure) {
            while true {
                switch try nextFrame() {
                case .request(let request): return request
                case .unknownCommand(let command):
                    pause(at: generation.policy.rate)
                    do { try connection.send(Reply.unknownCommand(command)) } catch { throw .ended }
                }
            }
        } catch {
            switch error {
            case .violation(let violation):
                turnAway(.protocolViolation, violation.description, generation)
            case .rejected(let rejection):
                turnAway(.connectionRefused, rejection.description, generation)
            case .ended: break
            }
            return nil
        }
    }

    private enum Frame {
        case request(ReceivedRequest)
        case unknownCommand(UInt32)
    }

    private mutating func nextFrame() throws(Failure) -> Frame {
        let connection = connection
        return try connection.received.withLock { received throws(Failure) in
            while true {
                let frame: DecodedFrame
                switch connection.socket.style {
                case .seqpacket:
                    let isTruncated = try fill(&received)
                    do throws(ProtocolViolation) {
                        frame = try RequestDecoder.decodePacket(received.bytes.span, truncated: isTruncated)
                    } catch {
                        throw Failure.violation(error)
                    }
                case .stream:
                    do throws(ProtocolViolation) { frame = try received.bytes.nextFrame() } catch {
                        throw Failure.violation(error)
                    }
                }
                switch frame {
                case .incomplete:
                    _ = try fill(&received)
                case .open(let request, let length):
                    return .request(take(request, length, nil, &received.bytes))
                case .refusedName(let errno, let request, let length):
                    return .request(take(request, length, errno, &received.bytes))
                case .unknownCommand(let command, let length):
                    received.bytes.consume(length)
                    return .unknownCommand(command)
                }
            }
        }
    }

    private mutating func take(
        _ request: OpenRequest, _ length: Int, _ nameError: Errno?, _ buffer: inout FrameBuffer
    ) -> ReceivedRequest {
        name.replace(with: buffer.span.extracting(request.name.prefix(SystemPath.longest)))
        buffer.consume(length)
        return ReceivedRequest(flags: request.flags, nameError: nameError)
    }

    /// Waits for bytes, and checks who sent them.
    ///
    /// - Returns: whether a packet was longer than the room for it.
    private mutating func fill(_ received: inout Connection.Received) throws(Failure) -> Bool {
        var isTruncated = false
        var sender: PeerCredentials?
        let count: Int
        do throws(Errno) {
            count = try received.bytes.fill { room throws(Errno) in
                let message = try connection.socket.receive(into: &room)
                isTruncated = message.isTruncated
                sender = message.sender
                if message.closedDescriptors > 0 {
                    service.refusedDescriptors.add(UInt64(message.closedDescriptors), ordering: .relaxed)
                }
                return message.count
            }
        } catch {
            throw .ended
        }
        guard count > 0 else { throw .ended }
        try check(sender)
        self.sender = sender
        received.sender = sender
        if let sender, sender.pid != 0 { note(sender) }
        return isTruncated
    }

    private func check(_ sender: PeerCredentials?) throws(Failure) {
        if let asker, !asker.mustKnowSenders, service.policies.isCurrent(asker.generation) { return }
        do { try service.peerCheck.admit(message: sender, generation) } catch { throw .rejected(error) }
    }

    private mutating func note(_ sender: PeerCredentials) {
        guard peer.pid != sender.pid || peer.uid != sender.uid || peer.gid != sender.gid else { return }
        peer = connection.describedPeer(sender)
        asker = nil
    }
}

extension Connection {
    /// For the audit record: who asks, and the label that the connection has.
    func describedPeer(_ sender: PeerCredentials) -> AuditRecord.Peer {
        var bytes: [UInt8]?
        switch label {
        case .success(.labelled(let context)): bytes = context.bytes
        case .success(.foreign(let foreign)): bytes = foreign
        case .success(.unlabelled), .failure: break
        }
        return AuditRecord.Peer(pid: sender.pid, uid: sender.uid, gid: sender.gid, label: bytes)
    }
}
