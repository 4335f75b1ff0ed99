internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import HookWire
internal import SystemPackage

/// Writes the audit records of requests. One value serves one thread.
///
/// It keeps the records that every granted request has, and changes in them what is another than in the request before:
/// nothing is allocated, and little is copied.
struct RequestRecords: ~Copyable {
    private let sink: any AuditSink
    private var granted = AuditRecord(.opened, time: 0, vm: [], generation: 0)
    /// When `granted` was filled, on the monotonic clock.
    private var grantedAt: Int64 = 0
    private var delivered = AuditRecord(.handedOver, time: 0, vm: [], generation: 0)
    /// Whose requests the two are about.
    private var asker: Asker?
    /// The rule that `granted` names, one of the asker's generation.
    private var rule: Rule.ID?

    init(_ sink: any AuditSink) {
        self.sink = sink
    }

    /// `creating`: the file is about to be made.
    func creating(
        _ job: OpenJob, _ facts: ObjectFacts, real: borrowing Span<UInt8>
    ) throws(Errno) {
        let policy = job.generation.policy
        var record = AuditRecord(.creating, time: 0, vm: policy.vm, generation: 0)
        Self.fill(&record, job)
        record.result = .granted
        record.rule = Array(policy.describe(facts.rule).utf8)
        record.object.replace(with: real)
        Self.fill(&record, facts.label)
        record.mode = policy.rules[facts.rule].creation?.mode
        try sink.record(record, urgency: .beforeAnswer)
    }

    /// `opened`, or `would-deny` where that is being learned: what is about to be handed over.
    mutating func opened(
        _ job: OpenJob, _ facts: ObjectFacts, real: borrowing Span<UInt8>
    ) throws(Errno) {
        keepUp(with: job.asker)
        if rule != facts.rule { name(facts.rule, of: job.generation.policy) }
        granted.event = facts.isLearned ? .wouldDeny : .opened
        grantedAt = KernelClock.monotonic()
        Self.fill(&granted, fromRequest: job, at: grantedAt)
        granted.object.replace(with: real)
        granted.device = .init(major: facts.status.identity.deviceMajor, minor: facts.status.identity.deviceMinor)
        granted.inode = facts.status.identity.inode
        granted.kind = AuditRecord.Kind(facts.status.kind)
        granted.rdev =
            switch facts.status.kind {
            case .blockDevice, .characterDevice:
                .init(major: facts.status.device.major, minor: facts.status.device.minor)
            case .file, .directory, .fifo, .socket, .symbolicLink, .unknown: nil
            }
        Self.fill(&granted, facts.label)
        try Self.write(&granted, .beforeAnswer, sink)
    }

    /// The descriptor is with the client. Everything else is in the `opened` record of the same request.
    mutating func handedOver(_ job: OpenJob) throws(Errno) {
        keepUp(with: job.asker)
        let now = KernelClock.monotonic()
        // So much later than `opened`, without asking what time it is once more.
        delivered.time = granted.time &+ (now &- grantedAt)
        delivered.request = job.number
        delivered.name.replace(with: job.name.span)
        delivered.microseconds = Self.age(of: job, now)
        try Self.write(&delivered, .deferrable, sink)
    }

    private mutating func keepUp(with asker: Asker) {
        if self.asker === asker { return }
        self.asker = asker
        rule = nil
        Self.fill(&granted, asker)
        Self.fill(&delivered, asker)
        // Who asked is in `opened`.
        delivered.peer = nil
        granted.result = .granted
    }

    private mutating func name(_ rule: Rule.ID, of policy: Policy) {
        granted.rule = Array(policy.describe(rule).utf8)
        self.rule = rule
    }

    /// Passes on a record that is kept, without a copy of it.
    private static func write(
        _ record: inout AuditRecord, _ urgency: AuditUrgency, _ sink: any AuditSink
    ) throws(Errno) {
        try sink.record(record, urgency: urgency)
    }

    /// The file was opened, and the client did not get it.
    func notHandedOver(_ job: OpenJob, _ errno: Errno, because reason: String? = nil) throws(Errno) {
        var record = AuditRecord(.notHandedOver, time: 0, vm: job.generation.policy.vm, generation: 0)
        Self.fill(&record, job)
        record.errno = errno
        record.reason = reason.map { Array($0.utf8) }
        try sink.record(record, urgency: .deferrable)
    }

    /// `changing`: a name is about to be removed, or given to another file.
    func changing(_ job: OpenJob, _ rule: Rule.ID, real: borrowing Span<UInt8>) throws(Errno) {
        var record = AuditRecord(.changing, time: 0, vm: job.generation.policy.vm, generation: 0)
        Self.fill(&record, job)
        record.result = .granted
        record.rule = Array(job.generation.policy.describe(rule).utf8)
        record.object.replace(with: real)
        try sink.record(record, urgency: .beforeAnswer)
    }

    /// With the story: the rule, and what would have to be added.
    func refused(_ refusal: Refusal, _ job: OpenJob, names: DecidedNames) throws(Errno) {
        var record = AuditRecord(.refused, time: 0, vm: job.generation.policy.vm, generation: 0)
        Self.fill(&record, job)
        let access = (try? RequestedFlags(job.flags))?.access ?? .readOnly
        let creating = OpenFlags(rawValue: job.flags).contains(.create)
        let story = refusal.story(
            name: names.decided.bytes, access: access, creating: creating,
            job.generation.policy)
        record.result = .refused
        record.errno = refusal.errno
        record.stage = refusal.stage
        record.reason = Array(story.reason.utf8)
        record.rule = (story.rule ?? names.rule).map { Array(job.generation.policy.describe($0).utf8) }
        record.add = story.suggestion?.line
        if !names.real.isEmpty { record.object = names.real.bytes }
        if case .label(let refusal) = refusal.reason { record.objectLabel = refusal.denial?.object.bytes }
        try sink.record(record, urgency: .beforeAnswer)
    }

    /// Another directory has come to stand where a root's was.
    func reopened(_ root: RootFacts, _ job: OpenJob) throws(Errno) {
        var record = AuditRecord(
            .rootReopened, time: KernelClock.realtime(), vm: job.generation.policy.vm,
            generation: job.generation.number)
        record.object = job.generation.policy.roots[root.root].directory.bytes
        record.device = .init(major: root.identity.deviceMajor, minor: root.identity.deviceMinor)
        record.inode = root.identity.inode
        record.reason = Array("another directory is mounted or stands there now".utf8)
        try sink.record(record, urgency: .beforeAnswer)
    }

    // MARK: Filling

    private static func fill(_ record: inout AuditRecord, _ job: OpenJob) {
        fill(&record, job.asker)
        fill(&record, fromRequest: job, at: KernelClock.monotonic())
    }

    /// What is the same from one request to the next.
    private static func fill(_ record: inout AuditRecord, _ asker: Asker) {
        record.vm = asker.generation.policy.vm
        record.uuid = asker.generation.policy.uuid
        record.generation = asker.generation.number
        record.peer = asker.peer
    }

    /// What is known from the request itself.
    private static func fill(_ record: inout AuditRecord, fromRequest job: OpenJob, at now: Int64) {
        record.time = KernelClock.realtime()
        record.request = job.number
        record.name.replace(with: job.name.span)
        if let operation = job.operation.word {
            record.operation = operation
            record.target = job.operation.target
        } else {
            record.flags = job.flags
            record.access = OpenFlags(rawValue: job.flags).access.map(AuditRecord.Access.init)
        }
        record.selinux = AuditRecord.SELinux(job.generation.labelCheck.mode)
        record.microseconds = age(of: job, now)
    }

    /// In microseconds.
    private static func age(of job: OpenJob, _ now: Int64) -> UInt64 { UInt64(max(0, now - job.began) / 1000) }

    private static func fill(_ record: inout AuditRecord, _ label: LabelFinding?) {
        record.objectLabel = label?.context.bytes
        record.labelSource = label.map { AuditRecord.LabelSource($0.source) }
        if let label, label.verdict != .allowed { record.selinux = .permissive }
    }
}
