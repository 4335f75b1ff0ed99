internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// A change of names that the policy allows and that has not been made yet.
struct PreparedChange: ~Copyable {
    /// The rule whose clauses hold for the name that goes.
    let rule: Rule.ID
    /// The root beneath which that was looked for, with the rights of its `as`.
    let root: Root.ID
    let name: SystemPath
    let parent: OwnedDescriptor
    var target: Target?

    /// The other name of a renaming.
    struct Target: ~Copyable {
        let rule: Rule.ID
        let name: SystemPath
        let parent: OwnedDescriptor
        let replacing: Replacing
    }

    /// What becomes of a file that has the other name already.
    enum Replacing {
        /// It goes.
        case allowed
        /// The program asks that it stay.
        case unwanted
        /// There was none, and the rule has no `delete`: one that comes meanwhile stays.
        case refused
    }
}

/// Names that are removed, or given to another file: where the deciding rule grants writing, and has `delete`.
extension OpenAuthority {
    mutating func prepareUnlink(_ job: OpenJob) throws(Refusal) -> PreparedChange {
        let place = try place(for: .unlinking, job)
        return PreparedChange(rule: place.rule, root: place.root, name: name, parent: place.takeParent())
    }

    /// The name that goes needs a rule with `delete`; the one that comes a rule with `create`, and with `delete` too if
    /// a file has it already.
    mutating func prepareRename(to target: [UInt8], _ flags: UInt32, _ job: OpenJob) throws(Refusal) -> PreparedChange {
        // RENAME_NOREPLACE alone: an exchange would move a name's file away without a word in the policy.
        guard flags & ~1 == 0 else { throw Refusal(.invalidArgument, at: .flags, .unknownFlags(flags & ~1)) }
        let from = name
        let first = try place(for: .renaming, job)
        let (rule, root) = (first.rule, first.root)
        let parent = first.takeParent()
        let real = realName
        try takeName(target.span, job)
        let to = name
        let second = try place(for: .arriving(.writeOnly), job)
        // One thread has the rights of one user.
        guard otherUser(beneath: root, job) == otherUser(beneath: second.root, job) else {
            throw Refusal(.permissionDenied, at: .object, .twoUsers)
        }
        // What the record says is about the file that moves.
        (name, realName, decidingRule) = (from, real, rule)
        let mayReplace = job.generation.policy.rules[second.rule].deletion != .refused
        var change = PreparedChange(rule: rule, root: root, name: from, parent: parent)
        change.target = PreparedChange.Target(
            rule: second.rule, name: to, parent: second.takeParent(),
            replacing: flags != 0 ? .unwanted : mayReplace ? .allowed : .refused)
        return change
    }

    /// Makes the change.
    mutating func make(_ change: borrowing PreparedChange, _ job: OpenJob) throws(Refusal) {
        do throws(Errno) {
            let identity = try fileSystemIdentity(beneath: change.root, job)
            defer { extendLifetime(identity) }
            switch change.target {
            case nil: try NameChange.unlink(lastComponentOf: change.name, in: change.parent)
            case .some(let target):
                try NameChange.rename(
                    lastComponentOf: change.name, in: change.parent, toLastComponentOf: target.name,
                    in: target.parent, flags: target.replacing == .allowed ? 0 : 1)
            }
        } catch {
            throw Self.refusal(of: change, error)
        }
    }

    private static func refusal(of change: borrowing PreparedChange, _ errno: Errno) -> Refusal {
        switch change.target {
        // There is one by now; or the file system cannot promise that one would stay (EINVAL, rename(2)).
        case .some(let target)
        where target.replacing == .refused && (errno == .fileExists || errno == .invalidArgument):
            Refusal(.permissionDenied, at: .object, .mayNotDelete(target.rule))
        default: Refusal(errno, at: .object, .kernel)
        }
    }

    private struct Place: ~Copyable {
        let rule: Rule.ID
        let root: Root.ID
        let parent: OwnedDescriptor

        consuming func takeParent() -> OwnedDescriptor { parent }
    }

    /// Where a name is, or will be, with what the policy demands of it.
    private mutating func place(for change: Purpose, _ job: OpenJob) throws(Refusal) -> Place {
        let policy = job.generation.policy
        let asked = try Self.rule(for: name.span, .writeOnly, in: policy)
        decidingRule = asked
        let id = policy.rules[asked].root
        let root = try openRoot(id, job)
        let identity = try identity(for: asked, job)
        defer { extendLifetime(identity) }
        if access == .held, policy.rules[asked].symlinks == .follow { throw Refusal.mayHang }
        let parent = try resolveParent(asked, beneath: root, job)
        let entry = try entry(in: parent, beneath: root)
        if entry.isThere, entry.found.status.kind == .directory {
            throw Refusal(.isDirectory, at: .object, .directory)
        }
        let rule = try check(entry.found, for: change, by: asked, beneath: root, job)
        try require(change, entry.isThere, rule, parent, policy)
        try checkChangeLabel(in: parent, entry, for: change, rule, beneath: root, job)
        return Place(rule: rule, root: id, parent: parent)
    }

    /// What has a name; of one that is missing, the directory where it would be.
    struct Entry: ~Copyable {
        let object: OwnedDescriptor
        let isThere: Bool
        let found: Inspection
    }

    /// Looks up the last component of the name, and sets `realName`.
    private mutating func entry(
        in parent: borrowing OwnedDescriptor, beneath root: OpenRoot
    ) throws(Refusal) -> Entry {
        let object: OwnedDescriptor
        let isThere: Bool
        do throws(Errno) {
            do throws(Errno) {
                object = try RootDirectory.resolveToLink(lastComponentOf: name, in: parent, mounts: access.mounts)
                isThere = true
            } catch .noSuchFileOrDirectory {
                object = try parent.duplicate()
                isThere = false
            }
        } catch {
            throw refusal(for: error, .none)
        }
        let found = try inspect(object, beneath: root)
        if !isThere { realName.appendLastComponent(of: name) }
        return Entry(object: object, isThere: isThere, found: found)
    }

    private func require(
        _ change: Purpose, _ isThere: Bool, _ id: Rule.ID, _ parent: borrowing OwnedDescriptor, _ policy: Policy
    ) throws(Refusal) {
        let rule = policy.rules[id]
        if isThere, rule.deletion == .refused { throw Refusal(.permissionDenied, at: .policy, .mayNotDelete(id)) }
        guard case .arriving = change else {
            guard isThere else { throw Refusal(.noSuchFileOrDirectory, at: .resolve, .kernel) }
            return
        }
        guard let creation = rule.creation else { throw Refusal(.permissionDenied, at: .create, .mayNotCreate(id)) }
        if !isThere { try checkLimit(creation, rule, parent) }
    }
}
