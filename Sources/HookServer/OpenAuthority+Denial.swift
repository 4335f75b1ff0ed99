internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// Of stage 6: `deny` holds for the real name of every object, and for the object itself, whatever rule granted it.
extension OpenAuthority {
    /// - Parameter status: of the object; of a file that is to be made, of its directory.
    mutating func refuseDenied(
        _ access: Access, _ status: FileStatus, beneath root: OpenRoot, _ asked: Rule.ID, _ job: OpenJob
    ) throws(Refusal) {
        guard !job.generation.denies.isEmpty else { return }
        let found: Rule.ID?
        do throws(Errno) {
            // What is denied is looked at with the server's own rights, not with those of `as`.
            let identity = try ownFileSystemIdentity(for: asked, job)
            defer { extendLifetime(identity) }
            try followMovedRoots(job)
            found = try denial(of: status, access, beneath: root, asked, job)
        } catch {
            throw Refusal(error, at: .object, .kernel)
        }
        if let found { throw Refusal(.permissionDenied, at: .object, .deniedByAnotherName(found)) }
    }

    /// A root that holds denies may be another directory than when they were spelled in the kernel's names.
    ///
    /// One whose file system may hang is not looked at: for that a reload is needed.
    private func followMovedRoots(_ job: OpenJob) throws(Errno) {
        let generation = job.generation
        var hasMoved = false
        for id in generation.denies.roots {
            let known = generation.rootKnowledge[id]
            if known?.mount.reach == .canHang { continue }
            let path = generation.rootPaths[id]
            guard let now = try? FileStatus.following(path), known?.isSame(as: now) != true else { continue }
            let fresh = try OpenRoot(id, at: path, descriptors, mounts)
            if generation.rootKnowledge.follow(fresh.facts) { hasMoved = true }
        }
        if hasMoved { generation.denies.respell(generation.rootKnowledge) }
    }

    private mutating func denial(
        of status: FileStatus, _ access: Access, beneath root: OpenRoot, _ asked: Rule.ID, _ job: OpenJob
    ) throws(Errno) -> Rule.ID? {
        let generation = job.generation
        if let rule = generation.denies.rule(denying: realName.span, access) { return rule }
        if realName != name, spell(beneath: root, generation.root(of: asked).directory) {
            if let rule = generation.policy.denial(of: spelledName.span, access) { return rule }
        }
        for deny in generation.denies.exactNames where deny.access.overlaps(access) {
            if try isDenied(status, by: deny) { return deny.rule }
        }
        return nil
    }

    /// Whether the object, or a directory above it, is what a `deny` names.
    private func isDenied(
        _ status: FileStatus, by deny: DenyRules.ExactName
    ) throws(Errno) -> Bool {
        if let device = deny.device, device != DenyRules.Device(of: status.identity) { return false }
        let denied: FileStatus
        do { denied = try FileStatus.following(deny.path) } catch {
            if error == .noSuchFileOrDirectory || error == .notDirectory { return false }
            throw error
        }
        if denied.identity == status.identity { return true }
        return denied.kind == .directory ? try isBeneath(denied.identity) : false
    }

    private func isBeneath(_ directory: FileIdentity) throws(Errno) -> Bool {
        var above = realName
        while above.count > 1 {
            above.truncate(to: max(1, above.lastComponentStart - 1))
            if try FileStatus.following(above).identity == directory { return true }
        }
        return false
    }
}
