internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import SystemPackage

/// A name that is missing.
extension OpenAuthority {
    /// Whether the file may be made, and where: everything is checked here, and nothing is made yet.
    mutating func prepareCreation(
        of decided: Rule.ID, beneath root: OpenRoot, _ flags: RequestedFlags, _ job: OpenJob
    ) throws(Refusal) -> OpenDecision {
        let policy = job.generation.policy
        guard flags.creates else { throw Refusal(.noSuchFileOrDirectory, at: .resolve, .kernel) }
        let named = name
        let asked = try creating(decided, named.span, flags, policy)
        let parent = try resolveParent(asked, beneath: root, job)
        try refuseDanglingLink(in: parent, policy.rules[asked])
        let found = try inspect(parent, beneath: root, at: .create)
        realName.appendLastComponent(of: name)
        let real = try check(found, for: .arriving(flags.access), by: asked, beneath: root, job)
        let spelled = real == asked ? name : spelledName
        let id = try creating(real, spelled.span, flags, policy)
        guard let creation = policy.rules[id].creation else {
            throw Refusal(.permissionDenied, at: .create, .mayNotCreate(id))
        }
        if id != real { try checkFileSystem(found.mount, policy.roots[policy.rules[id].root]) }
        try checkLimit(creation, policy.rules[id], parent)
        var facts = ObjectFacts(
            rule: id, isLearned: policy.isLearning(id) || policy.isLearning(asked), newRoot: root.facts.ifNew,
            status: found.status, labelling: found.mount.labelling, label: nil)
        facts.label = try checkCreationLabel(in: parent, facts, flags, job)
        return .creatable(parent: parent, facts)
    }

    /// The rule that lets a file be made: the one that decides, or a `learn create` in its place if that has no `create`.
    private func creating(
        _ id: Rule.ID, _ name: borrowing Span<UInt8>, _ flags: RequestedFlags, _ policy: Policy
    ) throws(Refusal) -> Rule.ID {
        if policy.rules[id].creation != nil { return id }
        guard let learning = policy.learnedCreation(insteadOf: id, name, flags.access) else {
            throw Refusal(.permissionDenied, at: .create, .mayNotCreate(id))
        }
        return learning
    }

    /// Makes the file and opens it.
    ///
    /// - Returns: `nil` if another made it meanwhile: it is to be opened like any other then.
    mutating func create(
        in parent: borrowing OwnedDescriptor, _ facts: ObjectFacts, _ job: OpenJob
    ) throws(Refusal) -> OpenedFile? {
        let flags = try RequestedFlags(job.flags)
        guard let creation = job.generation.policy.rules[facts.rule].creation else {
            throw Refusal(.permissionDenied, at: .create, .mayNotCreate(facts.rule))
        }
        do {
            let file = try createAsRuleSays(in: parent, facts, flags, creation, job)
            // Not with the rights of `as`: to give a file away is the server's own.
            if let owner = job.generation.owners[facts.rule] {
                try FileCreation.changeOwner(of: file, user: owner.uid, group: owner.gid)
            }
            let status = try FileStatus.of(file)
            return OpenedFile(descriptor: file, status: status)
        } catch .fileExists where !flags.isExclusive {
            return nil
        } catch {
            throw Refusal(error, at: .create, error == .fileExists ? .exists : .kernel)
        }
    }

    private mutating func createAsRuleSays(
        in parent: borrowing OwnedDescriptor, _ facts: ObjectFacts, _ flags: RequestedFlags, _ creation: Creation,
        _ job: OpenJob
    ) throws(Errno) -> OwnedDescriptor {
        let identity = try fileSystemIdentity(for: facts.rule, job)
        defer { extendLifetime(identity) }
        let name = name
        return try labelled(facts, job) { () throws(Errno) in
            try FileCreation.create(lastComponentOf: name, in: parent, flags: flags.reopening, mode: creation.mode)
        }
    }

    func resolveParent(
        _ id: Rule.ID, beneath root: OpenRoot, _ job: OpenJob
    ) throws(Refusal) -> OwnedDescriptor {
        let rule = job.generation.policy.rules[id]
        let relative = try relativeName(below: rule.root, job)
        do {
            switch rule.symlinks {
            case .none:
                return try root.directory.resolve(
                    climbing: try relative.parent(), links: .refuse, mounts: access.mounts)
            case .inside:
                let directory = job.generation.policy.roots[rule.root].directory
                return try LinksInside(root: root, directory: directory, mounts: access.mounts)
                    .resolveParent(of: relative)
            case .follow:
                return try TrustedWay.directory(above: name)
            }
        } catch {
            throw refusal(for: error, rule.symlinks)
        }
    }

    /// A link that leads to nothing has the name all the same: nothing is made where it leads.
    private func refuseDanglingLink(in parent: borrowing OwnedDescriptor, _ rule: Rule) throws(Refusal) {
        do {
            _ = try RootDirectory.resolve(lastComponentOf: name, in: parent, mounts: access.mounts)
        } catch .noSuchFileOrDirectory {
            return
        } catch .tooManySymbolicLinkLevels {
            throw Refusal(.tooManySymbolicLinkLevels, at: .create, .danglingLink)
        } catch {
            throw refusal(for: error, rule.symlinks)
        }
        // Another made it meanwhile. The creation finds that out by itself.
    }

    /// `limit N`: no creation while N names that match this rule exist.
    func checkLimit(
        _ creation: Creation, _ rule: Rule, _ parent: borrowing OwnedDescriptor
    ) throws(Refusal) {
        guard let limit = creation.limit else { return }
        var candidate = rule.symlinks == .inside ? spelledName : name
        let start = candidate.lastComponentStart
        var count = 0
        do {
            try DirectoryListing.forEachName(in: parent) { entry in
                candidate.truncate(to: start)
                candidate.append(entry)
                if rule.matches(candidate.span) { count += 1 }
            }
        } catch {
            throw Refusal(error, at: .create, .kernel)
        }
        guard count < limit else { throw Refusal(.permissionDenied, at: .create, .tooMany(limit)) }
    }
}

/// A file that was just made.
struct OpenedFile: ~Copyable {
    var descriptor: OwnedDescriptor
    let status: FileStatus
}

extension OpenedFile {
    consuming func takeDescriptor() -> OwnedDescriptor { descriptor }
}
