internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookWire
internal import SystemPackage

/// From a request to its one answer, and the records of both: the stages around `OpenAuthority.decide`.
struct AnswerSequence: ~Copyable {
    /// Where the answer to the request at hand goes.
    var channel: any AnswerChannel
    let ticket: AnswerTicket<OpenJob>
    var records: RequestRecords

    init(_ channel: any AnswerChannel, _ ticket: AnswerTicket<OpenJob>, _ audit: any AuditSink) {
        self.channel = channel
        self.ticket = ticket
        records = RequestRecords(audit)
    }

    /// How a request ended for the thread that worked on it.
    enum Ending {
        case answered
        /// The reply could not be sent: the connection is over.
        case connectionLost
        /// Another thread has answered `ETIMEDOUT`, and serves the connection now.
        case tooLate
        /// Nothing has been done or answered: the file system may hang, and this opener must not.
        case mayHang
    }

    mutating func answer<Hands: Opener & ~Copyable>(_ job: OpenJob, with opener: inout Hands) -> Ending {
        defer { opener.drop() }
        var isOpen = false
        do throws(Refusal) {
            let facts = try open(job, &opener)
            isOpen = true
            guard ticket.isOwed else { return late(job) }
            try recordOpened(facts, job, opener)  // stage 9
            // Of a device there is nothing to cut: O_TRUNC means nothing there (open(2)).
            if OpenFlags(rawValue: job.flags).contains(.truncate), facts.status.kind == .file {  // stage 10
                // Nothing is destroyed for a request whose answer nobody waits for any more.
                guard ticket.isOwed else { return late(job) }
                try requireClient()
                try opener.truncate()
            }
            guard ticket.claim() else { return late(job) }
            return handOver(facts, job, &opener)  // stage 11
        } catch {
            if error.isMayHang { return .mayHang }
            guard ticket.claim() else { return isOpen ? late(job) : .tooLate }
            return refuse(error, job, opener.names)
        }
    }

    /// Answers a request that came to nothing.
    mutating func refuse(_ refusal: Refusal, _ job: OpenJob, _ names: DecidedNames) -> Ending {
        // The record first; but that it cannot be written takes nothing away from a refusal, and an answer that is late
        // already does not wait for it.
        let isLate = refusal.stage == .deadline
        if !isLate { try? records.refused(refusal, job, names: names) }
        let ending: Ending
        do {
            try channel.refuse(refusal.errno)
            ending = .answered
        } catch {
            ending = .connectionLost
        }
        if isLate { try? records.refused(refusal, job, names: names) }
        return ending
    }

    /// The stages up to the reopening, and the creation of what is missing.
    private mutating func open(_ job: OpenJob, _ opener: inout some Opener & ~Copyable) throws(Refusal) -> ObjectFacts {
        for _ in 0..<Self.mostCreations {
            switch try opener.decide(job) {
            case .opened(let facts):
                return facts
            case .creatable(let facts):
                if let made = try create(facts, job, &opener) { return made }
            }
        }
        throw Refusal(.fileExists, at: .create, .changedMeanwhile)
    }

    /// A name that is there for the creation and missing for the open is tried this often.
    private static let mostCreations = 4

    private mutating func create(
        _ facts: ObjectFacts, _ job: OpenJob, _ opener: inout some Opener & ~Copyable
    ) throws(Refusal) -> ObjectFacts? {
        let names = opener.names
        let key = names.decided.bytes
        guard job.site.creations.begin(key) else { return nil }
        defer { job.site.creations.end(key) }
        try Self.audited { () throws(Errno) in
            try records.creating(job, facts, real: names.real.span)
        }
        // After the record, which may have had to wait: nothing is made for an answer that nobody waits for any more.
        try requireClient()
        guard ticket.isOwed else { throw Refusal(.timedOut, at: .deadline, .outOfTime) }
        guard let status = try opener.create(job, facts) else { return nil }
        return ObjectFacts(
            rule: facts.rule, isLearned: facts.isLearned, newRoot: facts.newRoot, status: status,
            labelling: facts.labelling, label: facts.label)
    }

    private mutating func recordOpened(
        _ facts: ObjectFacts, _ job: OpenJob, _ opener: borrowing some Opener & ~Copyable
    ) throws(Refusal) {
        if let root = facts.newRoot, job.generation.rootKnowledge.note(root) {
            do { try Self.audited { () throws(Errno) in try records.reopened(root, job) } } catch {
                job.generation.rootKnowledge.takeBack(root)
                throw error
            }
        }
        let real = opener.realName
        try Self.audited { () throws(Errno) in try records.opened(job, facts, real: real.span) }
    }

    static func audited(_ write: () throws(Errno) -> Void) throws(Refusal) {
        do { try write() } catch { throw Refusal(.ioError, at: .audit, .auditFailed(error)) }
    }

    func requireClient() throws(Refusal) {
        guard !channel.clientHasGone else { throw Refusal(.brokenPipe, at: .send, .peerVanished) }
    }

    private mutating func handOver(_ facts: ObjectFacts, _ job: OpenJob, _ opener: inout some Opener & ~Copyable)
        -> Ending
    {
        do {
            try opener.send(through: channel)
        } catch {
            try? records.notHandedOver(job, error)
            return .connectionLost
        }
        // What fails here makes the next record fail: that request is refused.
        try? records.handedOver(job)
        return .answered
    }

    private mutating func late(_ job: OpenJob) -> Ending {
        try? records.notHandedOver(job, .timedOut, because: "opened after the deadline, and closed")
        return .tooLate
    }
}
