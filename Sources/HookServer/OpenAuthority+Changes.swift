internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// A change of names that the policy allows and that has not been made yet.
struct PreparedChange: ~Copyable {
    let rule: Rule.ID
    let name: SystemPath
    let parent: OwnedDescriptor
    var target: Target?

    /// The other name of a renaming.
    struct Target: ~Copyable {
        let name: SystemPath
        let parent: OwnedDescriptor
        let flags: UInt32
    }
}

/// Names that are removed, or given to another file: where the deciding rule grants writing, and has `delete`.
extension OpenAuthority {
    mutating func prepareUnlink(_ job: OpenJob) throws(Refusal) -> PreparedChange {
        let place = try place(for: .removing, job)
        return PreparedChange(rule: place.rule, name: name, parent: place.takeParent())
    }

    /// The name that goes needs a rule with `delete`; the one that comes a rule with `create`, and with `delete` too if
    /// a file has it already.
    mutating func prepareRename(to target: [UInt8], _ flags: UInt32, _ job: OpenJob) throws(Refusal) -> PreparedChange {
        // RENAME_NOREPLACE alone: an exchange would move a name's file away without a word in the policy.
        guard flags & ~1 == 0 else { throw Refusal(.invalidArgument, at: .flags, .unknownFlags(flags & ~1)) }
        let from = name
        let first = try place(for: .removing, job)
        let rule = first.rule
        let parent = first.takeParent()
        let real = realName
        try takeName(target.span, job)
        let to = name
        let second = try place(for: .arriving, job)
        // What the record says is about the file that moves.
        (name, realName, decidingRule) = (from, real, rule)
        var change = PreparedChange(rule: rule, name: from, parent: parent)
        change.target = PreparedChange.Target(name: to, parent: second.takeParent(), flags: flags)
        return change
    }

    /// Makes the change.
    mutating func make(_ change: borrowing PreparedChange, _ job: OpenJob) throws(Refusal) {
        do throws(Errno) {
            let identity = try fileSystemIdentity(for: change.rule, job)
            defer { extendLifetime(identity) }
            switch change.target {
            case nil: try NameChange.unlink(lastComponentOf: change.name, in: change.parent)
            case .some(let target):
                try NameChange.rename(
                    lastComponentOf: change.name, in: change.parent, toLastComponentOf: target.name,
                    in: target.parent, flags: target.flags)
            }
        } catch {
            throw Refusal(error, at: .object, .kernel)
        }
    }

    private enum Change { case removing, arriving }

    private struct Place: ~Copyable {
        let rule: Rule.ID
        let parent: OwnedDescriptor

        consuming func takeParent() -> OwnedDescriptor { parent }
    }

    /// Where a name is, or will be, with every check of an open for writing.
    private mutating func place(for change: Change, _ job: OpenJob) throws(Refusal) -> Place {
        let policy = job.generation.policy
        let flags = try RequestedFlags(1)
        let asked = try Self.rule(for: name.span, .writeOnly, in: policy)
        decidingRule = asked
        let root = try openRoot(policy.rules[asked].root, job)
        let identity = try identity(for: asked, job)
        defer { extendLifetime(identity) }
        if access == .held, policy.rules[asked].symlinks == .follow { throw Refusal.mayHang }
        let parent = try resolveParent(asked, beneath: root, job)
        let entry = try entry(in: parent)
        guard entry.isThere || change == .arriving else {
            throw Refusal(.noSuchFileOrDirectory, at: .resolve, .kernel)
        }
        if access == .held, entry.mount.reach == .canHang { throw Refusal.mayHang }
        if entry.isThere, entry.status.kind == .directory { throw Refusal(.isDirectory, at: .object, .directory) }
        try refuseDenied(.writeOnly, entry.status, beneath: root, asked, job)
        let rule = try deciding(asked, beneath: root, flags, job)
        try require(change, entry.isThere, rule, parent, policy)
        if entry.isThere, entry.status.kind == .file {
            let facts = ObjectFacts(
                rule: rule, isLearned: false, root: root.facts, status: entry.status,
                labelling: entry.mount.labelling, label: nil)
            _ = try checkLabel(of: entry.object, facts, flags, job)
        }
        return Place(rule: rule, parent: parent)
    }

    /// What has a name; of one that is missing, the directory where it would be.
    private struct Entry: ~Copyable {
        let object: OwnedDescriptor
        let isThere: Bool
        let status: FileStatus
        let mount: Mount
    }

    /// Looks up the last component of the name, and sets `realName`.
    private mutating func entry(in parent: borrowing OwnedDescriptor) throws(Refusal) -> Entry {
        do throws(Errno) {
            let object: OwnedDescriptor
            let isThere: Bool
            do throws(Errno) {
                object = try RootDirectory.resolveToLink(lastComponentOf: name, in: parent, mounts: access.mounts)
                isThere = true
            } catch .noSuchFileOrDirectory {
                object = try parent.duplicate()
                isThere = false
            }
            let status = try FileStatus.of(object)
            try descriptors.name(of: object, into: &realName)
            if !isThere { realName.appendLastComponent(of: name) }
            let mount = try mounts.mount(of: object.number, status.mount)
            return Entry(object: object, isThere: isThere, status: status, mount: mount)
        } catch {
            throw refusal(for: error, .none)
        }
    }

    private func require(
        _ change: Change, _ isThere: Bool, _ id: Rule.ID, _ parent: borrowing OwnedDescriptor, _ policy: Policy
    ) throws(Refusal) {
        let rule = policy.rules[id]
        if isThere, rule.deletion == .refused { throw Refusal(.permissionDenied, at: .policy, .mayNotDelete(id)) }
        guard change == .arriving else { return }
        guard let creation = rule.creation else { throw Refusal(.permissionDenied, at: .create, .mayNotCreate(id)) }
        if !isThere { try checkLimit(creation, rule, parent) }
    }
}
