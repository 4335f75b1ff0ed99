internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux

/// Who asks, and by which policy it is decided: the same from one request of a connection to the next, until the policy
/// or the sender changes.
final class Asker: Sendable {
    let generation: PolicyGeneration
    let site: Site
    let progress: Progress
    let subject: Subject
    /// For the records.
    let peer: AuditRecord.Peer
    /// Whether it matters who sent a message: see `PeerCheck.admit(message:_:)`.
    let mustKnowSenders: Bool
    /// A thread whose system call is answered: what it means by `/proc/self`. Nil for a client of a connection.
    let thread: Int32?

    /// Whose label is checked.
    enum Subject: Sendable {
        case label(SecurityContext)
        case unchecked
    }

    init(
        _ generation: PolicyGeneration, _ site: Site, _ progress: Progress, _ subject: Subject,
        _ peer: AuditRecord.Peer,
        mustKnowSenders: Bool, thread: Int32? = nil
    ) {
        self.generation = generation
        self.site = site
        self.progress = progress
        self.subject = subject
        self.peer = peer
        self.mustKnowSenders = mustKnowSenders
        self.thread = thread
    }
}

/// A request with everything that its stages need: values and immutable objects, so that any thread may do it.
struct OpenJob: Sendable {
    let asker: Asker
    /// The number of the request, which ties its records together.
    let number: UInt64
    /// `O_` flags as sent.
    let flags: UInt32
    /// The name as sent.
    let name: [UInt8]
    /// What is wanted of the name.
    var operation = NameOperation.open
    /// When the request came and when its answer is due, on the monotonic clock, in nanoseconds.
    let began: Int64
    let deadline: Int64

    var generation: PolicyGeneration { asker.generation }
    var site: Site { asker.site }
}

/// What the stages found out about the object that a request is about.
struct ObjectFacts: Sendable {
    /// The rule whose clauses hold.
    let rule: Rule.ID
    /// Whether that rule, or the one for the name that was asked for, is a `learn`: behind a link they are two.
    var isLearned = false
    /// The directory that was resolved beneath, if `RootKnowledge` has not been told of it yet.
    let newRoot: RootFacts?
    /// Of the object; of a file that is to be made, of its directory.
    let status: FileStatus
    /// Of the mount that it is on.
    let labelling: Mount.Labelling
    var label: LabelFinding?
}

/// The label that was checked, and where it came from.
final class LabelFinding: Sendable {
    typealias Source = LabelAnswer.Source
    let context: SecurityContext
    let source: Source
    let verdict: LabelVerdict

    init(context: SecurityContext, source: Source, verdict: LabelVerdict) {
        self.context = context
        self.source = source
        self.verdict = verdict
    }
}

/// What the stages before the audit record end with.
enum OpenDecision: ~Copyable {
    /// The file is open.
    case opened(OwnedDescriptor, ObjectFacts)
    /// It is missing, and may be made in this directory.
    case creatable(parent: OwnedDescriptor, ObjectFacts)
}

extension Policy {
    func isLearning(_ rule: Rule.ID) -> Bool { rules[rule].verb == .learn }
}
