internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// Stage 6: what the object is, what else it is called, and whether the policy means that.
extension OpenAuthority {
    /// What the kernel says of an object. Its name is in `realName`.
    struct Inspection {
        let status: FileStatus
        let mount: Mount
    }

    /// What a request wants of an object; or of a name that is missing, whose directory is looked at in its place.
    enum Purpose {
        case opening(RequestedFlags)
        /// `stat`, `access`, `readlink`.
        case looking(Access)
        /// The name goes.
        case unlinking
        /// The name goes, and the object gets another one.
        case renaming
        /// The name comes: of a file that is made, or the new one of a renaming.
        case arriving(Access)

        var access: Access {
            switch self {
            case .opening(let flags): flags.access
            case .looking(let access), .arriving(let access): access
            case .unlinking, .renaming: .writeOnly
            }
        }
    }

    /// - Returns: `nil` if the object lost its name meanwhile: it is to be looked for again.
    mutating func examine(
        _ object: borrowing OwnedDescriptor, _ asked: Rule.ID, beneath root: OpenRoot, _ flags: RequestedFlags,
        _ job: OpenJob
    ) throws(Refusal) -> ObjectFacts? {
        let found = try inspect(object, beneath: root)
        if try hasLostItsName(found.status) { return nil }
        if found.status.kind == .file, Self.mayCountTooFew(found.status, flags.access),
            !hasOnlyName(object, found.status)
        {
            return nil
        }
        let id = try check(found, for: .opening(flags), by: asked, beneath: root, job)
        let policy = job.generation.policy
        return ObjectFacts(
            rule: id, isLearned: policy.isLearning(id) || policy.isLearning(asked), newRoot: root.facts.ifNew,
            status: found.status, labelling: found.mount.labelling, label: nil)
    }

    mutating func inspect(
        _ object: borrowing OwnedDescriptor, beneath root: OpenRoot, at stage: AuditRecord.Stage = .object
    ) throws(Refusal) -> Inspection {
        do throws(Errno) {
            let status = try FileStatus.of(object)
            try descriptors.name(of: object, into: &realName)
            return Inspection(status: status, mount: try mount(of: object, status, beneath: root))
        } catch {
            throw Refusal(error, at: stage, .kernel)
        }
    }

    /// Most objects are where their root is, and what is known of that mount need not be looked up.
    func mount(
        of object: borrowing OwnedDescriptor, _ status: FileStatus, beneath root: OpenRoot
    ) throws(Errno) -> Mount {
        if status.mount.isUnique, status.mount == root.facts.mountIdentity { return root.facts.mount }
        return try mounts.mount(of: object.number, status.mount)
    }

    /// What has no name any more is not what was asked for. The kernel appends ` (deleted)` to its last one; a file may
    /// also be called that.
    func hasLostItsName(_ status: FileStatus) throws(Refusal) -> Bool {
        if status.linkCount == 0 { return true }
        guard realName.count > 0, realName[0] == UInt8(ascii: "/") else {
            // Not beneath this process's root directory: "(unreachable)".
            throw Refusal(.permissionDenied, at: .object, .unreachable)
        }
        guard realName.ends(with: " (deleted)") else { return false }
        do { return try FileStatus.named(realName).identity != status.identity } catch { return true }
    }

    /// All that the policy demands of what was found, beyond the name that was asked for.
    ///
    /// - Returns: the rule whose clauses hold: with `symlinks inside` that of the real name, which must grant as well.
    mutating func check(
        _ found: Inspection, for purpose: Purpose, by asked: Rule.ID, beneath root: OpenRoot, _ job: OpenJob
    ) throws(Refusal) -> Rule.ID {
        try refuseDenied(purpose.access, found.status, beneath: root, asked, job)
        let id = try deciding(asked, beneath: root, purpose.access, job)
        let rule = job.generation.policy.rules[id]
        if case .opening = purpose { try checkKind(found.status, rule.kinds) }
        if access == .held { try refuseWaiting(for: found, purpose) }
        try checkFileSystem(found.mount, job.generation.root(of: id))
        if case .opening(let flags) = purpose, flags.access != .readOnly, found.status.linkCount > 1,
            found.status.kind == .file, rule.hardLinks == .refused
        {
            throw Refusal(.permissionDenied, at: .object, .hardLinks(found.status.linkCount))
        }
        return id
    }

    /// The opening of a device may wait for it.
    private func refuseWaiting(for found: Inspection, _ purpose: Purpose) throws(Refusal) {
        if found.mount.reach == .canHang { throw Refusal.mayHang }
        if case .opening = purpose, found.status.kind != .file { throw Refusal.mayHang }
    }

    private mutating func deciding(
        _ asked: Rule.ID, beneath root: OpenRoot, _ access: Access, _ job: OpenJob
    ) throws(Refusal) -> Rule.ID {
        let generation = job.generation
        guard generation.policy.rules[asked].symlinks == .inside else { return asked }
        guard spell(beneath: root, generation.root(of: asked).directory) else {
            throw Refusal(.permissionDenied, at: .object, .escape)
        }
        if spelledName == name { return asked }
        let verdict = generation.policy.decide(spelledName.span, access)
        switch verdict {
        case .granted(let id), .learning(let id): return id
        case .denied, .insufficient, .tie, .unlisted:
            throw Refusal(.permissionDenied, at: .object, .realNameNotGranted(verdict, spelledName.bytes))
        }
    }

    private func checkKind(_ status: FileStatus, _ kinds: FileKinds) throws(Refusal) {
        let allowed: Bool
        switch status.kind {
        case .file: allowed = kinds.contains(.file)
        case .blockDevice: allowed = kinds.contains(.block)
        case .characterDevice: allowed = kinds.contains(.char)
        case .directory: throw Refusal(.isDirectory, at: .object, .directory)
        case .fifo, .socket, .symbolicLink, .unknown: allowed = false
        }
        guard allowed else { throw Refusal(.permissionDenied, at: .object, .kind(status.kind)) }
    }

    func checkFileSystem(_ mount: Mount, _ root: Root) throws(Refusal) {
        guard root.fileSystems.isEmpty || root.fileSystems.contains(mount.fileSystem) else {
            throw Refusal(.permissionDenied, at: .object, .fileSystem(mount.fileSystem))
        }
    }
}
