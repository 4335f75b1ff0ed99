internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import HookWire
internal import SystemPackage

/// Writes the audit records of requests. One object serves one thread: it keeps the arrays of the last record, so that
/// the next one allocates nothing.
///
/// A record is filled in place, and passed on without a copy: each of its arrays costs a reference count.
final class RequestRecords {
    private let sink: any AuditSink
    private var rule: [UInt8] = []
    private var object: [UInt8] = []

    init(_ sink: any AuditSink) {
        self.sink = sink
    }

    /// `creating`: the file is about to be made.
    func creating(
        _ job: OpenJob, _ facts: ObjectFacts, real: borrowing Span<UInt8>
    ) throws(Errno) {
        var record = AuditRecord(.creating, time: 0, vm: job.generation.policy.vm, generation: 0)
        fill(&record, job)
        fill(&record, job, facts, real)
        record.mode = job.generation.policy.rules[facts.rule].creation?.mode
        try sink.record(record, urgency: .beforeAnswer)
    }

    /// `opened`, or `would-deny` where that is being learned: what is about to be handed over.
    func opened(
        _ job: OpenJob, _ facts: ObjectFacts, real: borrowing Span<UInt8>
    ) throws(Errno) {
        let isLearned = job.generation.policy.rules[facts.rule].verb == .learn
        var record = AuditRecord(
            isLearned ? .wouldDeny : .opened, time: 0, vm: job.generation.policy.vm, generation: 0)
        fill(&record, job)
        fill(&record, job, facts, real)
        record.device = .init(major: facts.status.identity.deviceMajor, minor: facts.status.identity.deviceMinor)
        record.inode = facts.status.identity.inode
        record.kind = AuditRecord.Kind(facts.status.kind)
        if facts.status.kind == .blockDevice || facts.status.kind == .characterDevice {
            record.rdev = .init(major: facts.status.device.major, minor: facts.status.device.minor)
        }
        try sink.record(record, urgency: .beforeAnswer)
    }

    /// The descriptor is with the client.
    func handedOver(_ job: OpenJob) throws(Errno) {
        var record = AuditRecord(.handedOver, time: 0, vm: job.generation.policy.vm, generation: 0)
        fill(&record, job)
        try sink.record(record, urgency: .deferrable)
    }

    /// The file was opened, and the client did not get it.
    func notHandedOver(_ job: OpenJob, _ errno: Errno, because reason: String? = nil) throws(Errno) {
        var record = AuditRecord(.notHandedOver, time: 0, vm: job.generation.policy.vm, generation: 0)
        fill(&record, job)
        record.errno = errno
        record.reason = reason.map { Array($0.utf8) }
        try sink.record(record, urgency: .deferrable)
    }

    /// With the story: the rule, and what would have to be added.
    func refused(_ refusal: Refusal, _ job: OpenJob, names: DecidedNames) throws(Errno) {
        var record = AuditRecord(.refused, time: 0, vm: job.generation.policy.vm, generation: 0)
        fill(&record, job)
        let access = (try? RequestedFlags(job.flags))?.access ?? .readOnly
        let creating = OpenFlags(rawValue: job.flags).contains(.create)
        let story = refusal.story(
            name: names.decided.bytes, real: names.real.bytes, access: access, creating: creating,
            job.generation.policy)
        record.result = .refused
        record.errno = refusal.errno
        record.stage = refusal.stage
        record.reason = Array(story.reason.utf8)
        record.rule = (story.rule ?? names.rule).map { Array(job.generation.policy.describe($0).utf8) }
        record.add = story.suggestion?.line
        if !names.real.isEmpty { record.object = names.real.bytes }
        try sink.record(record, urgency: .beforeAnswer)
    }

    /// Another directory has come to stand where a root's was.
    func rootReopened(_ facts: ObjectFacts, _ job: OpenJob) throws(Errno) {
        var record = AuditRecord(
            .rootReopened, time: KernelClock.realtime(), vm: job.generation.policy.vm,
            generation: job.generation.number)
        record.object = job.generation.root(of: facts.rule).directory.bytes
        record.device = .init(major: facts.root.identity.deviceMajor, minor: facts.root.identity.deviceMinor)
        record.inode = facts.root.identity.inode
        record.reason = Array("another directory is mounted or stands there now".utf8)
        try sink.record(record, urgency: .beforeAnswer)
    }

    // MARK: Filling

    /// What is known from the request itself.
    private func fill(_ record: inout AuditRecord, _ job: OpenJob) {
        let generation = job.generation
        record.time = KernelClock.realtime()
        record.generation = generation.number
        record.uuid = generation.policy.uuid
        record.request = job.number
        record.name = job.name
        record.flags = job.flags
        record.access = OpenFlags(rawValue: job.flags).access.map(AuditRecord.Access.init)
        record.peer = job.asker.peer
        record.selinux = AuditRecord.SELinux(generation.labelCheck.mode)
        record.microseconds = UInt64(max(0, KernelClock.monotonic() - job.began) / 1000)
    }

    /// What the stages found.
    private func fill(
        _ record: inout AuditRecord, _ job: OpenJob, _ facts: ObjectFacts, _ real: borrowing Span<UInt8>
    ) {
        record.result = .granted
        describe(facts.rule, job.generation)
        record.rule = rule
        object.replace(with: real)
        record.object = object
        guard let label = facts.label else { return }
        record.objectLabel = label.context.bytes
        record.labelSource = AuditRecord.LabelSource(label.source)
        if label.verdict != .allowed { record.selinux = .permissive }
    }

    private func describe(_ id: Rule.ID, _ generation: PolicyGeneration) {
        let span = generation.policy.rules[id].span
        let file = generation.policy.sources.files[span.file].name
        rule.replace(with: file.span)
        rule.append(UInt8(ascii: ":"))
        rule.append(decimal: span.line)
    }
}

extension [UInt8] {
    fileprivate mutating func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }
}

extension AuditRecord.Access {
    init(_ access: OpenFlags.Access) {
        switch access {
        case .readOnly: self = .readOnly
        case .writeOnly: self = .writeOnly
        case .readWrite: self = .readWrite
        }
    }
}

extension AuditRecord.SELinux {
    init(_ mode: SELinuxMode) {
        switch mode {
        case .enforcing: self = .enforcing
        case .permissive: self = .permissive
        case .off: self = .off
        }
    }
}

extension AuditRecord.LabelSource {
    init(_ source: LabelFinding.Source) {
        switch source {
        case .kernel: self = .kernel
        case .rule: self = .rule
        case .root: self = .root
        }
    }
}

extension AuditRecord.Kind {
    init?(_ kind: FileKind) {
        switch kind {
        case .file: self = .file
        case .directory: self = .directory
        case .blockDevice: self = .block
        case .characterDevice: self = .char
        case .fifo: self = .fifo
        case .socket: self = .socket
        case .symbolicLink: self = .symlink
        case .unknown: return nil
        }
    }
}
