internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// Stages 5 and 6 for what nearly every request is about: a file with one name, beneath a root of this machine's, that
/// no link leads to and that nothing in the policy could deny by another name.
///
/// There one look at the whole name says all that several looks say otherwise: that the root is where it was, that the
/// object has this name, and no other one. Whatever is not as it should be is left to the careful way, which knows why.
extension OpenAuthority {
    /// An object that was found, not open yet.
    struct FoundObject: ~Copyable {
        let object: OwnedDescriptor
        let facts: ObjectFacts

        consuming func take() -> OwnedDescriptor { object }
    }

    /// - Returns: `nil` for whatever is not so plain, or not as it should be.
    mutating func findPlainly(_ rule: Rule.ID, _ flags: RequestedFlags, _ job: OpenJob) -> FoundObject? {
        let id = job.generation.policy.rules[rule].root
        guard let root = roots?[id], root.facts.namesAreReal, root.facts.mount.reach == .local,
            !root.facts.mount.foldsCase, !flags.isExclusive, isPlain(rule, id, job)
        else { return nil }
        job.asker.progress.enter(id, of: job.generation.number)
        do throws(Refusal) {
            try checkFileSystem(root.facts.mount, job.generation.policy.roots[id])
            let relative = try relativeName(below: id, job)
            return find(rule, flags.access, relative, beneath: root, job.generation)
        } catch {
            return nil
        }
    }

    private func isPlain(_ rule: Rule.ID, _ root: Root.ID, _ job: OpenJob) -> Bool {
        let generation = job.generation
        return generation.policy.rules[rule].symlinks == .none && generation.policy.rules[rule].kinds.contains(.file)
            && generation.denies.isEmpty && generation.identities[root] == nil && !job.site.stuck.isAny
    }

    private mutating func find(
        _ rule: Rule.ID, _ access: Access, _ relative: RelativePath, beneath root: OpenRoot,
        _ generation: PolicyGeneration
    ) -> FoundObject? {
        do throws(Errno) {
            let object = try root.directory.resolve(relative, links: .refuse, mounts: .refuse)
            let status = try FileStatus.of(object)
            guard status.kind == .file, status.linkCount == 1, status.mount.isUnique,
                status.mount == root.facts.mountIdentity, !Self.mayCountTooFew(status, access)
            else { return nil }
            // After the object: one that has lost this name meanwhile must not pass for a file that has no other.
            let named = try FileStatus.named(name, .cached)
            guard named.identity == status.identity, named.mount == status.mount, named.linkCount == 1 else {
                return nil
            }
            realName.assign(name)
            let facts = ObjectFacts(
                rule: rule, isLearned: generation.policy.isLearning(rule), newRoot: root.facts.ifNew, status: status,
                labelling: root.facts.mount.labelling, label: nil)
            return FoundObject(object: object, facts: facts)
        } catch {
            return nil
        }
    }
}
