internal import HookAudit
package import HookLinux
internal import HookPolicy
package import HookSELinux
internal import HookWire
internal import Synchronization
package import SystemPackage

/// A request that came by another way than a connection.
package struct NamedRequest: Sendable {
    /// As a connection's client would send it: absolute, or beneath the policy's `directory`.
    package let name: [UInt8]
    /// `O_` flags of an open.
    package let flags: UInt32
    package let operation: NameOperation

    package init(_ operation: NameOperation, name: [UInt8], flags: UInt32 = 0) {
        self.operation = operation
        self.name = name
        self.flags = flags
    }
}

/// The process that asks.
package struct RequestSubject: Sendable, Equatable {
    package let process: PeerCredentials
    /// Its label, or why that cannot be read.
    package let label: Result<PeerContext, Errno>

    package init(_ process: PeerCredentials, label: Result<PeerContext, Errno>) {
        self.process = process
        self.label = label
    }

    /// For the audit records.
    fileprivate var described: AuditRecord.Peer {
        let bytes: [UInt8]?
        switch label {
        case .success(.labelled(let context)): bytes = context.bytes
        case .success(.foreign(let foreign)): bytes = foreign
        case .success(.unlabelled), .failure: bytes = nil
        }
        return AuditRecord.Peer(pid: process.pid, uid: process.uid, gid: process.gid, label: bytes)
    }
}

/// A request whose deadline has passed while its worker was still at it: it is to be answered by another one.
package struct ExpiredRequest: Sendable {
    let job: OpenJob?
    let channel: (any NameChannel)?

    /// Answers it at once and without a record, where nobody can be had who would do more.
    package func refuseUnrecorded() { try? channel?.refuse(.timedOut) }
}

/// Answers one request after another for a thread of another front end than connections, with the same stages, deadline,
/// rate and records.
package final class RequestWorker {
    private let service: Service
    private let ticket = AnswerTicket()
    private let progress = Progress()
    private let atWork = JobAtWork()
    private var sequence: AnswerSequence
    private var opener: DirectOpener
    /// Where the request at hand is answered: for whoever does it in the place of this worker.
    private let channel: ChannelAtHand
    private var asker: Asker?
    private var subject: RequestSubject?

    /// How a request ended for the thread that worked on it.
    package enum Ending: Sendable {
        case answered
        /// Another thread answers, or has answered: this one came too late, and is not needed any more.
        case tooLate
    }

    /// To be made on the thread that works.
    ///
    /// - Parameter expired: called on the watchdog's thread with a request that outlived its deadline, which then is
    ///   this worker's no more. It must not block.
    package init(
        _ service: Service, expired: @escaping @Sendable (ExpiredRequest) -> Void
    ) throws(Errno) {
        self.service = service
        let channel = ChannelAtHand()
        self.channel = channel
        sequence = AnswerSequence(NoChannel(), ticket, service.audit)
        opener = DirectOpener(
            OpenAuthority(
                descriptors: try DescriptorDirectory(of: .process), mounts: service.mounts, labels: service.labels,
                ownIdentity: service.ownIdentity))
        let (atWork, progress, site) = (atWork, progress, service.site)
        service.watchdog.watch(
            Watchdog.Watched(ticket: ticket) {
                let job = atWork.giveUp(progress, site.stuck)
                expired(ExpiredRequest(job: job, channel: channel.current))
            })
    }

    deinit { service.watchdog.forget(ticket) }

    /// Answers what another worker could not in time.
    package func answer(_ expired: ExpiredRequest) {
        guard let job = expired.job, let channel = expired.channel else { return }
        service.inFlight.enter()
        defer { service.inFlight.leave() }
        sequence.channel = channel
        _ = sequence.refuse(Refusal(.timedOut, at: .deadline, .outOfTime), job, DecidedNames())
    }

    package func answer<Channel: NameChannel>(
        _ request: NamedRequest, from subject: RequestSubject, to channel: Channel
    ) -> Ending {
        service.inFlight.enter()
        defer { service.inFlight.leave() }
        let force = service.policies.current
        guard let asker = admit(subject, channel, force.generation) else { return .answered }
        let job = begin(request, asker, channel, at: force.generation.policy.rate)
        opener.roots = force.roots
        defer { opener.roots = nil }
        var ending = Self.step(job, channel, &sequence, &opener)
        if case .mayHang = ending {
            ending = answerApart(job, channel)
        }
        return finish(ending)
    }

    /// Answers a request with what `work` does, of which no rule decides.
    package func answer<Channel: NameChannel>(
        _ request: NamedRequest, from subject: RequestSubject, to channel: Channel,
        by work: () throws(Refusal) -> NameAnswer
    ) -> Ending {
        service.inFlight.enter()
        defer { service.inFlight.leave() }
        let generation = service.policies.current.generation
        guard let asker = admit(subject, channel, generation) else { return .answered }
        let job = begin(request, asker, channel, at: generation.policy.rate)
        return finish(sequence.answer(job, to: channel, by: work))
    }

    /// On a thread apart, for which this one waits until the deadline.
    private func answerApart(_ job: OpenJob, _ channel: some NameChannel) -> AnswerSequence.Ending {
        let path = progress.current.map { job.generation.rootPaths[$0] }
        do throws(Refusal) {
            guard service.waiting.enter(beneath: path) else {
                throw Refusal(.timedOut, at: .deadline, .tooManyWaiting)
            }
            defer { service.waiting.leave(path) }
            var lane = try LaneOpener(service.lanes, for: job)
            return Self.step(job, channel, &sequence, &lane)
        } catch {
            return refuse(error, job)
        }
    }

    private static func step<Hands: Opener & ~Copyable>(
        _ job: OpenJob, _ channel: some NameChannel, _ sequence: inout AnswerSequence, _ hands: inout Hands
    ) -> AnswerSequence.Ending {
        if case .open = job.operation { return sequence.answer(job, with: &hands) }
        return sequence.answer(job, to: channel, with: &hands)
    }

    private func refuse(_ refusal: Refusal, _ job: OpenJob) -> AnswerSequence.Ending {
        guard ticket.claim() else { return .tooLate }
        return sequence.refuse(refusal, job, DecidedNames())
    }

    // MARK: Before and after

    private func begin(
        _ request: NamedRequest, _ asker: Asker, _ channel: some NameChannel, at rate: Rate
    ) -> OpenJob {
        var now = KernelClock.monotonic()
        let delay = service.bucket.take(now: now, rate)
        if delay > 0 {
            service.rest(until: now + delay)
            now = KernelClock.monotonic()
        }
        var job = OpenJob(
            asker: asker, number: service.nextRequest(), flags: request.flags, name: request.name, began: now,
            deadline: now + service.openTimeout)
        job.operation = request.operation
        sequence.channel = channel
        self.channel.current = channel
        atWork.begin(job)
        ticket.begin(deadline: job.deadline)
        service.watchdog.expectExpiry(by: job.deadline)
        service.chores.expectRequest(now: now)
        return job
    }

    private func finish(_ ending: AnswerSequence.Ending) -> Ending {
        if case .tooLate = ending {
            // The job stays for the watchdog, which may be about to look for it.
            atWork.returnLate(service.site.stuck)
            return .tooLate
        }
        progress.leave()
        atWork.end()
        channel.current = nil
        return .answered
    }

    // MARK: Who asks

    /// - Returns: `nil` if the policy does not let that process ask: then it has been refused.
    private func admit(
        _ subject: RequestSubject, _ channel: some NameChannel, _ generation: PolicyGeneration
    ) -> Asker? {
        if let asker, asker.generation === generation, self.subject == subject { return asker }
        let peer = subject.described
        do throws(PeerCheck.Rejection) {
            let checked = try service.peerCheck.admit(notified: subject.process, subject.label, generation)
            let asker = Asker(
                generation, service.site, progress, checked, peer, mustKnowSenders: false,
                thread: subject.process.pid)
            (self.asker, self.subject) = (asker, subject)
            return asker
        } catch {
            service.report(.connectionRefused, of: peer, error.description, .refused)
            try? channel.refuse(.permissionDenied)
            return nil
        }
    }
}

/// The channel of a worker's request, for the watchdog.
private final class ChannelAtHand: Sendable {
    private let channel = Mutex<(any NameChannel)?>(nil)

    var current: (any NameChannel)? {
        get { channel.withLock { $0 } }
        set { channel.withLock { $0 = newValue } }
    }
}

/// What a sequence has before its first request.
private struct NoChannel: AnswerChannel {
    var conduit: CInt { -1 }
    var clientHasGone: Bool { true }
    var delivery: any FileDelivery { NoDelivery() }
    func refuse(_ errno: Errno) throws(Errno) { throw .badFileDescriptor }

    private struct NoDelivery: FileDelivery {
        func deliver(_ file: borrowing OwnedDescriptor, through conduit: CInt) throws(Errno) {
            throw .badFileDescriptor
        }
    }
}
