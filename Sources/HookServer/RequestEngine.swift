internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// What a thread that answers requests does with each of them, whichever way they come: the rate, the deadline, the
/// stages, and a thread apart where the file system may hang.
struct RequestEngine: ~Copyable {
    let service: Service
    private let watchdog: Watchdog
    private let chores: Chores
    let ticket = AnswerTicket<OpenJob>()
    let progress = Progress()
    private let hang = Hang()
    var sequence: AnswerSequence
    private var opener: DirectOpener

    /// To be made on the thread that works.
    init(_ service: Service, answering channel: any AnswerChannel) throws(Errno) {
        self.service = service
        watchdog = service.watchdog
        chores = service.chores
        sequence = AnswerSequence(channel, ticket, service.audit)
        opener = DirectOpener(
            OpenAuthority(
                descriptors: try DescriptorDirectory(of: .process), mounts: service.mounts, labels: service.labels,
                ownIdentity: service.ownIdentity))
    }

    /// Has the watchdog look at this thread's requests.
    ///
    /// - Parameter expired: called on the watchdog's thread with a request that outlived its deadline, which then is
    ///   this thread's no more. It must not block.
    func watch(_ expired: @escaping @Sendable (OpenJob) -> Void) {
        let (hang, progress, stuck) = (hang, progress, service.site.stuck)
        watchdog.watch(
            Watchdog.Watched(ticket: ticket) { job in
                if let root = progress.path(in: job.generation) { hang.begin(beneath: root, stuck) }
                expired(job)
            })
    }

    func endWatch() { watchdog.forget(ticket) }

    /// Takes a token of the VM's rate, and waits for it if there is none.
    ///
    /// - Returns: the time afterwards.
    @discardableResult
    func pause(at rate: Rate) -> Int64 {
        let now = KernelClock.monotonic()
        let delay = service.bucket.take(now: now, rate)
        guard delay > 0 else { return now }
        service.rest(until: now + delay)
        return KernelClock.monotonic()
    }

    /// Begins a request: from here on its answer is owed.
    func begin(
        _ asker: Asker, _ flags: UInt32, _ name: [UInt8], _ operation: NameOperation = .open, at rate: Rate
    ) -> OpenJob {
        let now = pause(at: rate)
        let job = OpenJob(
            asker: asker, number: service.nextRequest(), flags: flags, name: name, operation: operation, began: now,
            deadline: now + service.openTimeout)
        ticket.begin(job, deadline: job.deadline)
        watchdog.expectExpiry(by: job.deadline)
        chores.expectRequest(now: now)
        return job
    }

    /// - Parameter ending: how the request ended.
    func finish(_ ending: AnswerSequence.Ending) {
        if case .tooLate = ending { return hang.end(service.site.stuck) }
        progress.leave()
        ticket.end()
    }
}

/// Answers.
extension RequestEngine {
    /// Opens a file for a client.
    mutating func open(_ job: OpenJob, _ roots: consuming RootTable) -> AnswerSequence.Ending {
        opener.roots = roots
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

    /// Does what a system call wants of a name.
    mutating func answer(
        _ job: OpenJob, _ roots: RootTable, to channel: some NameChannel
    ) -> AnswerSequence.Ending {
        opener.roots = roots
        defer { opener.roots = nil }
        let ending = Self.step(job, channel, &sequence, &opener)
        guard case .mayHang = ending else { return ending }
        // On a thread apart, for which this one waits until the deadline.
        let path = progress.path(in: job.generation)
        do throws(Refusal) {
            if let path, !service.waiting.enter(beneath: path) {
                throw Refusal(.timedOut, at: .deadline, .tooManyWaiting)
            }
            defer { if let path { service.waiting.remove(beneath: path) } }
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

    mutating func refuse(_ refusal: Refusal, _ job: OpenJob) -> AnswerSequence.Ending {
        guard ticket.claim() else { return .tooLate }
        return sequence.refuse(refusal, job, DecidedNames())
    }

    /// Answers what another thread could not in time.
    mutating func refuseLate(_ job: OpenJob) -> AnswerSequence.Ending {
        sequence.refuse(Refusal(.timedOut, at: .deadline, .outOfTime), job, DecidedNames())
    }
}
