internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// Does the steps of one request after another: on the connection's own thread (`DirectOpener`), or, where the file
/// system may hang, on a thread apart (`LaneOpener`). The file that was opened stays with it until it is sent.
protocol Opener: ~Copyable {
    /// The name that was decided about, and the kernel's name of the object: as far as they became known.
    var names: DecidedNames { get }
    var realName: SystemPath { get }

    /// The stages before the audit record.
    mutating func decide(_ job: OpenJob) throws(Refusal) -> Decided
    /// Makes the file that `decide` found missing.
    ///
    /// - Returns: its status, or `nil` if another made it meanwhile.
    mutating func create(_ job: OpenJob, _ facts: ObjectFacts) throws(Refusal) -> FileStatus?
    /// Cuts the file in hand to nothing.
    mutating func truncate() throws(Refusal)
    /// Sends the answer with the file in hand, which stays there until it is dropped.
    mutating func send(through channel: any AnswerChannel) throws(Errno)
    /// For what is not an open: the stages before the audit record.
    mutating func examine(_ job: OpenJob) throws(Refusal) -> Examined
    /// Makes the change that `examine` found allowed.
    mutating func change(_ job: OpenJob) throws(Refusal)
    /// Closes what is in hand.
    mutating func drop()
}

/// What `Opener.decide` found.
enum Decided: Sendable {
    case opened(ObjectFacts)
    case creatable(ObjectFacts)
}

/// What `Opener.examine` found.
enum Examined: Sendable {
    case answered(NameAnswer)
    /// By that rule.
    case changeable(Rule.ID)
}

struct DecidedNames: Sendable {
    var decided = SystemPath()
    var real = SystemPath()
    /// The rule that decides, if one does.
    var rule: Rule.ID?
}
