internal import HookAudit
internal import HookLinux
internal import SystemPackage

/// Does every step itself, on the calling thread.
struct DirectOpener: Opener, ~Copyable {
    private var authority: OpenAuthority
    /// See `OpenAuthority.roots`.
    var roots: RootTable? {
        get { authority.roots }
        set { authority.roots = newValue }
    }
    private var inHand: InHand = .nothing

    private enum InHand: ~Copyable {
        case nothing
        case file(OwnedDescriptor)
        case parent(OwnedDescriptor)
        case change(HeldChange)
    }

    /// Apart, so that what every request moves about stays small.
    private final class HeldChange {
        let change: PreparedChange

        init(_ change: consuming PreparedChange) { self.change = change }
    }

    init(_ authority: consuming OpenAuthority) {
        self.authority = authority
    }

    var names: DecidedNames {
        DecidedNames(decided: authority.name, real: authority.realName, rule: authority.decidingRule)
    }
    var realName: SystemPath { authority.realName }

    mutating func decide(_ job: OpenJob) throws(Refusal) -> Decided {
        drop()
        switch try authority.decide(job) {
        case .opened(let file, let facts):
            inHand = .file(file)
            return .opened(facts)
        case .creatable(let parent, let facts):
            inHand = .parent(parent)
            return .creatable(facts)
        }
    }

    mutating func create(_ job: OpenJob, _ facts: ObjectFacts) throws(Refusal) -> FileStatus? {
        guard case .parent(let parent) = takeInHand() else { throw Refusal(.ioError, at: .create, .kernel) }
        guard let made = try authority.create(in: parent, facts, job) else { return nil }
        let status = made.status
        inHand = .file(made.takeDescriptor())
        return status
    }

    mutating func truncate() throws(Refusal) {
        guard case .file(let file) = takeInHand() else { throw Refusal(.ioError, at: .truncate, .kernel) }
        do { try FileCreation.truncate(file) } catch { throw Refusal(error, at: .truncate, .kernel) }
        inHand = .file(file)
    }

    mutating func send(through channel: any AnswerChannel) throws(Errno) {
        guard case .file(let file) = takeInHand() else { throw .ioError }
        try channel.delivery.give(file, through: channel.conduit)
    }

    /// The same in a lane, whose file systems may hang.
    mutating func send(_ delivery: any FileDelivery, through conduit: CInt) throws(Errno) {
        guard case .file(let file) = takeInHand() else { throw .ioError }
        // It stays in hand: closing it may take as long as the file system likes, and must not delay the answer.
        do { try delivery.deliver(file, through: conduit) } catch {
            inHand = .file(file)
            throw error
        }
        inHand = .file(file)
    }

    mutating func examine(_ job: OpenJob) throws(Refusal) -> Examined {
        drop()
        switch try authority.examine(job) {
        case .answered(let answer): return .answered(answer)
        case .changeable(let change):
            let rule = change.rule
            inHand = .change(HeldChange(change))
            return .changeable(rule)
        }
    }

    mutating func change(_ job: OpenJob) throws(Refusal) {
        guard case .change(let held) = takeInHand() else { throw Refusal(.ioError, at: .object, .kernel) }
        try authority.make(held.change, job)
    }

    mutating func drop() { inHand = .nothing }

    private mutating func takeInHand() -> InHand {
        var taken = InHand.nothing
        swap(&taken, &inHand)
        return taken
    }
}
