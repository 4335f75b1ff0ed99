internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import SystemPackage

/// Stage 7: may the VM's label have this object.
extension OpenAuthority {
    func checkLabel(
        of object: borrowing OwnedDescriptor, _ facts: ObjectFacts, _ flags: RequestedFlags, _ job: OpenJob
    ) throws(Refusal) -> LabelFinding? {
        guard case .label(let subject) = job.asker.subject else { return nil }
        let kernel = try kernelLabel(of: object)
        let (label, source) = try LabelChoice(
            given: Self.policyLabel(of: facts.rule, for: subject, in: job.generation.policy), kernel: kernel,
            labelling: facts.labelling
        ).ofObject()
        do throws(LabelRefusal) {
            let verdict = try job.generation.labelCheck.check(
                subject: subject, object: label, kind: Self.objectClass(facts.status.kind),
                access: Self.permissions(flags))
            job.site.denials.note(verdict, of: realName, to: job.asker.peer)
            return LabelFinding(context: label.deciding, source: source, verdict: verdict)
        } catch {
            job.site.denials.note(error, of: realName, to: job.asker.peer)
            throw Refusal(.permissionDenied, at: .label, .label(error))
        }
    }

    /// What the kernel calls an object. A kernel with SELinux has a name for every one, also where the file system keeps
    /// no labels (`nfs_t`), and judges by it when the descriptor arrives: without it nothing can be promised.
    func kernelLabel(of object: borrowing OwnedDescriptor) throws(Refusal) -> SecurityContext {
        do {
            if let label = try FileContext.read(ofDescriptor: object.number, through: labels) { return label }
        } catch {
            throw Refusal(.permissionDenied, at: .label, .labelUnreadable)
        }
        throw Refusal(.permissionDenied, at: .label, .noKernelLabel)
    }

    /// The label that the policy gives: the rule's own, else the root's.
    static func policyLabel(
        of id: Rule.ID, for subject: SecurityContext, in policy: Policy
    ) throws(Refusal) -> (context: SecurityContext, source: LabelFinding.Source)? {
        let rule = policy.rules[id]
        let template: LabelTemplate
        let source: LabelFinding.Source
        if let own = rule.label {
            (template, source) = (own, .rule)
        } else if let inherited = policy.roots[rule.root].label {
            (template, source) = (inherited, .root)
        } else {
            return nil
        }
        guard let bytes = template.context(level: subject.level.map(Array.init)),
            let context = SecurityContext(validating: bytes)
        else { throw Refusal(.permissionDenied, at: .label, .labelIsNoContext) }
        return (context, source)
    }

    static func permissions(_ flags: RequestedFlags) -> Permissions {
        let mode: FileDescriptor.AccessMode =
            switch flags.access {
            case .readOnly: .readOnly
            case .writeOnly: .writeOnly
            case .readWrite: .readWrite
            }
        var options: FileDescriptor.OpenOptions = []
        if flags.appends { options.insert(.append) }
        if flags.truncates { options.insert(.truncate) }
        return Permissions.contents(mode, options)
    }

    static func objectClass(_ kind: FileKind) -> ObjectClass {
        switch kind {
        case .blockDevice: .blockDevice
        case .characterDevice: .characterDevice
        case .directory: .directory
        case .fifo: .fifo
        case .socket: .socketFile
        case .symbolicLink: .symbolicLink
        case .file, .unknown: .file
        }
    }
}

/// The label of a file that is to be made.
extension OpenAuthority {
    /// May the VM's label make the file there. The label that the file will have is the policy's; without one, the one
    /// that the host's SELinux policy gives to what this broker creates in that directory.
    func checkCreationLabel(
        in parent: borrowing OwnedDescriptor, _ facts: ObjectFacts, _ flags: RequestedFlags, _ job: OpenJob
    ) throws(Refusal) -> LabelFinding? {
        guard case .label(let subject) = job.asker.subject else { return nil }
        let kernel = try kernelLabel(of: parent)
        let (directory, file, source) = try LabelChoice(
            given: Self.policyLabel(of: facts.rule, for: subject, in: job.generation.policy), kernel: kernel,
            labelling: facts.labelling
        ).ofNewFile { (directory) throws(Refusal) in try labelOfNewFile(in: directory) }
        do throws(LabelRefusal) {
            let verdict = try job.generation.labelCheck.checkCreation(
                subject: subject, parent: directory, file: file, access: Self.permissions(flags))
            job.site.denials.note(verdict, of: realName, to: job.asker.peer)
            return LabelFinding(context: file.deciding, source: source, verdict: verdict)
        } catch {
            job.site.denials.note(error, of: realName, to: job.asker.peer)
            throw Refusal(.permissionDenied, at: .label, .label(error))
        }
    }

    private func labelOfNewFile(in directory: SecurityContext) throws(Refusal) -> SecurityContext {
        do {
            guard let label = SecurityContext(validating: try labels.contextOfNewFile(in: directory)) else {
                throw Errno.invalidArgument
            }
            return label
        } catch {
            throw Refusal(.permissionDenied, at: .label, .labelUnreadable)
        }
    }

    /// Runs a creation so that the file has the label that was checked, from its first moment.
    ///
    /// The kernel keeps the label for this thread. One that cannot be taken back must not be the next file's: nothing
    /// is created by this thread until it is gone or another one stands in its place.
    mutating func labelled<R: ~Copyable>(
        _ facts: ObjectFacts, _ job: OpenJob, _ create: () throws(Errno) -> R
    ) throws(Errno) -> R {
        let keepsLabels = facts.labelling == .perFile || facts.labelling == .unknown
        let label = keepsLabels ? facts.label : nil
        guard label != nil || threadKeepsCreationLabel else { return try create() }
        try labels.setCreationContext(label?.context)
        threadKeepsCreationLabel = label != nil
        defer { takeBackCreationLabel() }
        return try create()
    }

    private mutating func takeBackCreationLabel() {
        guard threadKeepsCreationLabel else { return }
        do {
            try labels.setCreationContext(nil)
            threadKeepsCreationLabel = false
        } catch {
            // Remembered: the next creation begins with it.
        }
    }
}
