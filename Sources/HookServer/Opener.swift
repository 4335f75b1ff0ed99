internal import HookLinux
internal import HookPolicy
internal import HookWire
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
    mutating func send(_ reply: Reply, on connection: Connection) throws(Errno)
    /// Closes what is in hand.
    mutating func drop()
}

/// What `Opener.decide` found.
enum Decided: Sendable {
    case opened(ObjectFacts)
    case creatable(ObjectFacts)
}

struct DecidedNames: Sendable {
    var decided = SystemPath()
    var real = SystemPath()
    /// The rule that decides, if one does.
    var rule: Rule.ID?
}
