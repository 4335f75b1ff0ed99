internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// Objects that may be looked at and are not opened: what the policy grants something on, and the directories on the way
/// there.
extension OpenAuthority {
    struct Sight: ~Copyable {
        let object: OwnedDescriptor
        let status: FileStatus
    }

    /// Stages 4 to 7 for an access; for another one, if the rules grant that instead; or for a directory on the way.
    mutating func look(
        _ link: NameOperation.LinkAtEnd, _ access: Access, or second: Access?, _ job: OpenJob
    ) throws(Refusal) -> Sight {
        let ungranted: Refusal
        do throws(Refusal) { return try look(link, access, job) } catch {
            guard error.stage == .policy else { throw error }
            ungranted = error
        }
        if let second {
            do throws(Refusal) { return try look(link, second, job) } catch {
                guard error.stage == .policy else { throw error }
            }
        }
        guard let way = try lookOnWay(link, job) else { throw ungranted }
        return way
    }

    /// Stages 4 to 7 for an access, of what a rule grants.
    mutating func look(
        _ link: NameOperation.LinkAtEnd, _ access: Access, _ job: OpenJob
    ) throws(Refusal) -> Sight {
        let flags = RequestedFlags(access)
        let rule = try Self.rule(for: name.span, access, in: job.generation.policy)  // stage 4
        decidingRule = rule
        let root = try openRoot(job.generation.policy.rules[rule].root, job)
        let identity = try identity(for: rule, job)
        defer { extendLifetime(identity) }
        let object = try find(rule, link, beneath: root, flags, job)  // stage 5
        let found = try recognize(object, beneath: root)
        let id = try check(found, for: .looking(access), by: rule, beneath: root, job)  // stage 6
        switch found.status.kind {
        case .file, .blockDevice, .characterDevice:
            let facts = ObjectFacts(
                rule: id, isLearned: false, newRoot: root.facts.ifNew, status: found.status,
                labelling: found.mount.labelling, label: nil)
            _ = try checkLabel(of: object, facts, flags, job)  // stage 7
        case .directory, .fifo, .socket, .symbolicLink, .unknown: break
        }
        return Sight(object: object, status: found.status)
    }

    private mutating func find(
        _ rule: Rule.ID, _ link: NameOperation.LinkAtEnd, beneath root: OpenRoot, _ flags: RequestedFlags,
        _ job: OpenJob
    ) throws(Refusal) -> OwnedDescriptor {
        switch link {
        case .followed:
            guard let object = try resolve(rule, beneath: root, flags, job) else {
                throw Refusal(.noSuchFileOrDirectory, at: .resolve, .kernel)
            }
            return object
        case .itself:
            if job.generation.policy.rules[rule].symlinks == .follow, access == .held { throw Refusal.mayHang }
            return try entry(in: try resolveParent(rule, beneath: root, job))
        }
    }

    /// The last component of the name, a symbolic link itself too.
    private func entry(in parent: borrowing OwnedDescriptor) throws(Refusal) -> OwnedDescriptor {
        do { return try RootDirectory.resolveToLink(lastComponentOf: name, in: parent, mounts: access.mounts) } catch {
            throw refusal(for: error, .none)
        }
    }

    private mutating func recognize(
        _ object: borrowing OwnedDescriptor, beneath root: OpenRoot
    ) throws(Refusal) -> Inspection {
        let found = try inspect(object, beneath: root)
        if access == .held, found.mount.reach == .canHang { throw Refusal.mayHang }
        guard try !hasLostItsName(found.status) else {
            throw Refusal(.noSuchFileOrDirectory, at: .object, .changedMeanwhile)
        }
        return found
    }

    /// A directory that the policy names on the way to what it grants, or a symbolic link to one.
    private mutating func lookOnWay(
        _ link: NameOperation.LinkAtEnd, _ job: OpenJob
    ) throws(Refusal) -> Sight? {
        guard let rule = job.generation.ways.rule(beneath: name) else { return nil }
        let policy = job.generation.policy
        let directory = job.generation.rootPaths[policy.rules[rule].root]
        guard name.isBeneathOrEqual(directory.span) else { return try lookAbove(link) }
        let root = try openRoot(policy.rules[rule].root, job)
        let identity = try identity(for: rule, job)
        defer { extendLifetime(identity) }
        let object: OwnedDescriptor
        if name == directory {
            do { object = try root.directory.descriptor.duplicate() } catch {
                throw Refusal(error, at: .resolve, .kernel)
            }
        } else {
            object = try find(rule, link, beneath: root, RequestedFlags(.readOnly), job)
        }
        let found = try recognize(object, beneath: root)
        // Another sort of object there is not what the policy means.
        guard Self.leadsOn(found.status.kind, link) else { return nil }
        try refuseDenied(.readOnly, found.status, beneath: root, rule, job)
        try checkFileSystem(found.mount, job.generation.root(of: rule))
        return Sight(object: object, status: found.status)
    }

    /// A directory above a root: what the admin wrote leads over it.
    private func lookAbove(_ link: NameOperation.LinkAtEnd) throws(Refusal) -> Sight? {
        do throws(Errno) {
            let found =
                switch link {
                case .followed: try RootDirectory(ambientPath: name)
                case .itself: try RootDirectory(entry: name, of: RootDirectory(ambientPath: SystemPath("/")))
                }
            guard Self.leadsOn(found.status.kind, link) else { return nil }
            return Sight(object: try found.descriptor.duplicate(), status: found.status)
        } catch {
            throw Refusal(error, at: .resolve, .kernel)
        }
    }

    private static func leadsOn(_ kind: FileKind, _ link: NameOperation.LinkAtEnd) -> Bool {
        switch kind {
        case .directory: true
        case .symbolicLink: link == .itself
        case .file, .blockDevice, .characterDevice, .fifo, .socket, .unknown: false
        }
    }
}
