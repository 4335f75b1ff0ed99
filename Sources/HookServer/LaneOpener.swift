internal import HookAudit
internal import HookLinux
internal import SystemPackage

/// Has the steps of one request done by a thread apart, and gives up at the deadline.
struct LaneOpener: Opener {
    private let pool: LanePool
    private let stuck: CountByRoot
    private let progress: Progress
    private let generation: PolicyGeneration
    private let deadline: Int64
    /// `nil` once it was given up.
    private var lane: Lane?
    private(set) var names = DecidedNames()

    var realName: SystemPath { names.real }

    /// - Throws: `ETIMEDOUT` if every lane is busy, errnos of starting one.
    init(_ pool: LanePool, for job: OpenJob) throws(Refusal) {
        self.pool = pool
        stuck = job.site.stuck
        progress = job.asker.progress
        generation = job.generation
        deadline = job.deadline
        lane = try pool.take()
    }

    mutating func decide(_ job: OpenJob) throws(Refusal) -> Decided {
        guard case .decided(let decided, let names) = try run(.decide(job)) else { throw Self.confused }
        self.names = names
        return decided
    }

    mutating func create(_ job: OpenJob, _ facts: ObjectFacts) throws(Refusal) -> FileStatus? {
        guard case .created(let status) = try run(.create(job, facts)) else { throw Self.confused }
        return status
    }

    mutating func truncate() throws(Refusal) {
        guard case .done = try run(.truncate) else { throw Self.confused }
    }

    /// The answer is claimed when this is called, so it is waited for: the send itself has a limit of its own.
    mutating func send(through channel: any AnswerChannel) throws(Errno) {
        let step = Lane.Step.send(channel.delivery)
        guard let lane, case .sent(let error) = try lane.run(step, passing: channel.conduit, until: nil) else {
            throw .ioError
        }
        if let error { throw error }
    }

    mutating func examine(_ job: OpenJob) throws(Refusal) -> Examined {
        guard case .examined(let examined, let names) = try run(.examine(job)) else { throw Self.confused }
        self.names = names
        return examined
    }

    mutating func change(_ job: OpenJob) throws(Refusal) {
        guard case .done = try run(.change(job)) else { throw Self.confused }
    }

    mutating func drop() {
        lane?.finish()
        lane = nil
    }

    private mutating func run(_ step: Lane.Step) throws(Refusal) -> Lane.Outcome {
        guard let lane else { throw Self.confused }
        let outcome: Lane.Outcome?
        do throws(Errno) {
            if let inTime = try lane.run(step, until: deadline) {
                outcome = inTime
            } else {
                outcome = try lane.giveUp(on: progress.path(in: generation), stuck)
            }
        } catch {
            // Its thread has ended.
            pool.abandon(lane)
            self.lane = nil
            throw Refusal(error, at: .resolve, .kernel)
        }
        switch outcome {
        case .refused(let refusal, let names):
            self.names = names
            throw refusal
        case .some(let outcome):
            return outcome
        case nil:
            pool.abandon(lane)
            self.lane = nil
            throw Refusal(.timedOut, at: .deadline, .outOfTime)
        }
    }

    private static var confused: Refusal { Refusal(.ioError, at: .resolve, .kernel) }
}
