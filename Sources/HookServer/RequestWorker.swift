internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import Synchronization
package import SystemPackage

/// A request whose deadline has passed while its worker was still at it: it is to be answered by another one, or refused
/// here. Until then it is in flight.
package struct ExpiredRequest: Sendable {
    let job: OpenJob
    let channel: (any NameChannel)?
    fileprivate let inFlight: RequestsInFlight

    /// Answers it at once and without a record, where nobody can be had who would do more.
    package func refuseUnrecorded() {
        try? channel?.refuse(.timedOut)
        inFlight.leave()
    }
}

/// Answers one request after another for a thread of another front end than connections, with the same stages, deadline,
/// rate and records.
package final class RequestWorker {
    private let service: Service
    private var engine: RequestEngine
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
        engine = try RequestEngine(service, answering: NoChannel())
        let inFlight = service.inFlight
        engine.watch { expired(ExpiredRequest(job: $0, channel: channel.current, inFlight: inFlight)) }
    }

    deinit { engine.endWatch() }

    /// Answers what another worker could not in time.
    package func answer(_ expired: ExpiredRequest) {
        defer { expired.inFlight.leave() }
        guard let channel = expired.channel else { return }
        engine.sequence.channel = channel
        _ = engine.refuseLate(expired.job)
    }

    package func answer<Channel: NameChannel>(
        _ request: NamedRequest, from subject: RequestSubject, to channel: Channel
    ) -> Ending {
        service.inFlight.enter()
        let force = service.policies.current
        guard let asker = admit(subject, channel, force.generation) else { return finish() }
        let job = begin(request, asker, channel, at: force.generation.policy.rate)
        return finish(engine.answer(job, force.roots, to: channel))
    }

    /// Answers a request with what `work` does, of which no rule decides.
    package func answer<Channel: NameChannel>(
        _ request: NamedRequest, from subject: RequestSubject, to channel: Channel,
        by work: () throws(Refusal) -> NameAnswer
    ) -> Ending {
        service.inFlight.enter()
        let generation = service.policies.current.generation
        guard let asker = admit(subject, channel, generation) else { return finish() }
        let job = begin(request, asker, channel, at: generation.policy.rate)
        return finish(engine.sequence.answer(job, to: channel, by: work))
    }

    private func begin(
        _ request: NamedRequest, _ asker: Asker, _ channel: some NameChannel, at rate: Rate
    ) -> OpenJob {
        engine.sequence.channel = channel
        self.channel.current = channel
        return engine.begin(asker, request.flags, request.name, request.operation, at: rate)
    }

    private func finish(_ ending: AnswerSequence.Ending) -> Ending {
        engine.finish(ending)
        // It stays in flight for the one who answers it.
        if case .tooLate = ending { return .tooLate }
        channel.current = nil
        return finish()
    }

    private func finish() -> Ending {
        service.inFlight.leave()
        return .answered
    }

    /// - Returns: `nil` if the policy does not let that process ask: then it has been refused.
    private func admit(
        _ subject: RequestSubject, _ channel: some NameChannel, _ generation: PolicyGeneration
    ) -> Asker? {
        if let asker, asker.generation === generation, self.subject == subject { return asker }
        let peer = AuditRecord.Peer(subject.process, subject.label)
        do throws(PeerCheck.Rejection) {
            let checked = try service.peerCheck.admit(notified: subject.process, subject.label, generation)
            let asker = Asker(
                generation, service.site, engine.progress, checked, peer, mustKnowSenders: false,
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
