internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import HookWire
internal import SystemPackage

/// Makes the audit records of requests. One value serves one thread: it keeps the arrays of the last record, so that
/// the next one allocates nothing.
struct RequestRecords {
    private var rule: [UInt8] = []
    private var object: [UInt8] = []

    /// A record of what happened to a request, with all that is known from the request itself.
    func record(_ event: AuditRecord.Event, _ job: OpenJob) -> AuditRecord {
        let generation = job.generation
        var record = AuditRecord(
            event, time: KernelClock.realtime(), vm: generation.policy.vm, generation: generation.number)
        record.uuid = generation.policy.uuid
        record.request = job.number
        record.name = job.name
        record.flags = job.flags
        record.access = OpenFlags(rawValue: job.flags).access.map(AuditRecord.Access.init)
        record.peer = job.asker.peer
        record.selinux = AuditRecord.SELinux(job.generation.labelCheck.mode)
        record.microseconds = UInt64(max(0, KernelClock.monotonic() - job.began) / 1000)
        return record
    }

    /// `creating`, `opened` or `would-deny`: what is about to be handed over.
    mutating func granted(
        _ event: AuditRecord.Event, _ job: OpenJob, _ facts: ObjectFacts, real: borrowing Span<UInt8>
    ) -> AuditRecord {
        var record = self.record(event, job)
        record.result = .granted
        describe(facts.rule, job.generation)
        record.rule = rule
        object.replace(with: real)
        record.object = object
        if event != .creating { describe(facts.status, &record) }
        if event == .creating { record.mode = job.generation.policy.rules[facts.rule].creation?.mode }
        if let label = facts.label {
            record.objectLabel = label.context.bytes
            record.labelSource = AuditRecord.LabelSource(label.source)
            if label.verdict != .allowed { record.selinux = .permissive }
        }
        return record
    }

    /// `refused`, with the story.
    func refused(_ refusal: Refusal, _ job: OpenJob, names: DecidedNames) -> AuditRecord {
        var record = self.record(.refused, job)
        let access = (try? RequestedFlags(job.flags))?.access ?? .readOnly
        let creating = OpenFlags(rawValue: job.flags).contains(.create)
        let story = refusal.story(
            name: names.decided.bytes, real: names.real.bytes, access: access, creating: creating,
            job.generation.policy)
        record.result = .refused
        record.errno = refusal.errno
        record.stage = refusal.stage
        record.reason = Array(story.reason.utf8)
        record.rule = story.rule.map { Array(job.generation.policy.describe($0).utf8) }
        record.add = story.suggestion?.line
        if !names.real.isEmpty { record.object = names.real.bytes }
        return record
    }

    private mutating func describe(_ id: Rule.ID, _ generation: PolicyGeneration) {
        let span = generation.policy.rules[id].span
        let file = generation.policy.sources.files[span.file].name
        rule.replace(with: file.span)
        rule.append(UInt8(ascii: ":"))
        rule.append(decimal: span.line)
    }

    private func describe(_ status: FileStatus, _ record: inout AuditRecord) {
        record.device = .init(major: status.identity.deviceMajor, minor: status.identity.deviceMinor)
        record.inode = status.identity.inode
        record.kind = AuditRecord.Kind(status.kind)
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
