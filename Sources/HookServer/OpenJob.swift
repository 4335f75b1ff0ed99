internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux

/// A request with everything that its stages need: values and immutable objects, so that any thread may do it.
struct OpenJob: Sendable {
    let generation: PolicyGeneration
    let site: Site
    let progress: Progress
    /// The number of the request, which ties its records together.
    let number: UInt64
    /// `O_` flags as sent.
    let flags: UInt32
    /// The name as sent.
    let name: [UInt8]
    let mode: UInt32
    let subject: Subject
    /// Who asks, for the records.
    let peer: AuditRecord.Peer
    /// When the answer is due, on the monotonic clock, in nanoseconds.
    let deadline: Int64
    let began: Int64

    /// Whose label is checked.
    enum Subject: Sendable {
        case label(SecurityContext)
        case unchecked
    }
}

/// What the stages found out about the object that a request is about.
struct ObjectFacts: Sendable {
    /// The rule whose clauses hold.
    let rule: Rule.ID
    /// The directory that was resolved beneath.
    let root: RootFacts
    /// Of the object; of a file that is to be made, of its directory.
    let status: FileStatus
    let mount: Mount
    var label: LabelFinding?
}

/// The label that was checked, and where it came from.
struct LabelFinding: Sendable {
    enum Source: Sendable { case kernel, rule, root }
    let context: SecurityContext
    let source: Source
    let verdict: LabelVerdict
}

/// What the stages before the audit record end with.
enum OpenDecision: ~Copyable {
    /// The file is open.
    case opened(OwnedDescriptor, ObjectFacts)
    /// It is missing, and may be made in this directory.
    case creatable(parent: OwnedDescriptor, ObjectFacts)
}
