internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// Stage 6: what the object is, and what else it is called.
extension OpenAuthority {
    /// - Returns: `nil` if the object lost its name meanwhile: it is to be looked for again.
    mutating func examine(
        _ object: borrowing OwnedDescriptor, _ asked: Rule.ID, beneath root: OpenRoot, _ flags: RequestedFlags,
        _ job: OpenJob
    ) throws(Refusal) -> ObjectFacts? {
        let generation = job.generation
        let status: FileStatus
        let mount: Mount
        do {
            status = try FileStatus.of(object)
            mount = try self.mount(of: object, status, beneath: root)
        } catch {
            throw Refusal(error, at: .object, .kernel)
        }
        if status.linkCount == 0 { return nil }
        guard try readRealName(of: object, status) else { return nil }
        try refuseDenied(flags.access, status, beneath: root, asked, job)
        let id = try deciding(asked, beneath: root, flags, job)
        try checkKind(status, generation.policy.rules[id].kinds)
        if access == .held, status.kind != .file || mount.reach == .canHang { throw Refusal.mayHang }
        try checkFileSystem(mount, generation.root(of: id))
        if flags.access != .readOnly, status.linkCount > 1, status.kind == .file,
            generation.policy.rules[id].hardLinks == .refused
        {
            throw Refusal(.permissionDenied, at: .object, .hardLinks(status.linkCount))
        }
        let isLearned = generation.policy.isLearning(id) || generation.policy.isLearning(asked)
        return ObjectFacts(
            rule: id, isLearned: isLearned, root: root.facts, status: status, labelling: mount.labelling, label: nil)
    }

    /// Most objects are where their root is, and what is known of that mount need not be looked up.
    private func mount(
        of object: borrowing OwnedDescriptor, _ status: FileStatus, beneath root: OpenRoot
    ) throws(Errno) -> Mount {
        if status.mount.isUnique, status.mount == root.facts.mountIdentity { return root.facts.mount }
        return try mounts.mount(of: object.number, status.mount)
    }

    /// What the kernel calls the object.
    ///
    /// - Returns: whether it has a name still.
    private mutating func readRealName(
        of object: borrowing OwnedDescriptor, _ status: FileStatus
    ) throws(Refusal) -> Bool {
        do { try descriptors.name(of: object, into: &realName) } catch {
            throw Refusal(error, at: .object, .kernel)
        }
        return try !hasLostItsName(status)
    }

    /// The kernel appends ` (deleted)` to the name of what has none any more; a file may also be called that.
    func hasLostItsName(_ status: FileStatus) throws(Refusal) -> Bool {
        guard realName.count > 0, realName[0] == UInt8(ascii: "/") else {
            // Not beneath this process's root directory: "(unreachable)".
            throw Refusal(.permissionDenied, at: .object, .unreachable)
        }
        guard realName.ends(with: " (deleted)") else { return false }
        do { return try FileStatus.named(realName).identity != status.identity } catch { return true }
    }

    /// With `symlinks inside` the rule that decides for the real name must grant as well, and its clauses hold.
    mutating func deciding(
        _ asked: Rule.ID, beneath root: OpenRoot, _ flags: RequestedFlags, _ job: OpenJob
    ) throws(Refusal) -> Rule.ID {
        let generation = job.generation
        guard generation.policy.rules[asked].symlinks == .inside else { return asked }
        guard spell(beneath: root, generation.root(of: asked).directory) else {
            throw Refusal(.permissionDenied, at: .object, .escape)
        }
        if spelledName == name { return asked }
        let verdict = generation.policy.decide(spelledName.span, flags.access)
        switch verdict {
        case .granted(let id), .learning(let id): return id
        case .denied, .insufficient, .tie, .unlisted:
            throw Refusal(.permissionDenied, at: .object, .realNameNotGranted(verdict))
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
