internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// What is asked about a name without opening it: the same stages, but no reopening.
extension OpenAuthority {
    /// What the stages before the audit record found.
    ///
    /// - Throws: `Refusal`; `Refusal.mayHang` if it must be decided elsewhere.
    mutating func examine(_ job: OpenJob, holding roots: RootTable?) throws(Refusal) -> NameDecision {
        self.roots = roots
        defer { self.roots = nil }
        decidingRule = nil
        realName.removeAll()
        name.removeAll()
        try takeName(job)
        switch job.operation {
        case .open: throw Refusal(.invalidArgument, at: .flags, .neverDone)
        case .status(let form, let link):
            let sight = try look(link, .readOnly, or: .writeOnly, job)
            return .answered(.bytes(try status(of: sight.object, form)))
        case .access(let bits, let link): return .answered(try mayAccess(bits, link, job))
        case .readLink: return .answered(.bytes(try readLink(job)))
        case .unlink: return .changeable(try prepareUnlink(job))
        case .rename(let target, let flags): return .changeable(try prepareRename(to: target, flags, job))
        case .makeDirectory: throw try refusalOfDirectory(job)
        case .never: throw Refusal(.notPermitted, at: .policy, .neverDone)
        }
    }

    // MARK: Looking

    /// An object that may be looked at.
    private struct Sight: ~Copyable {
        let object: OwnedDescriptor
        let status: FileStatus
        /// The rule that grants something on it; nil for a directory on the way to what is granted.
        let rule: Rule.ID?
    }

    /// Stages 4 to 7 for an access; for another one, if the rules grant that instead.
    private mutating func look(
        _ link: NameOperation.LinkAtEnd, _ access: Access, or second: Access? = nil, _ job: OpenJob
    ) throws(Refusal) -> Sight {
        do throws(Refusal) {
            return try look(link, access, job)
        } catch {
            guard error.stage == .policy else { throw error }
            if let second, let sight = try? look(link, second, job) { return sight }
            guard let way = try lookOnWay(link, job) else { throw error }
            return way
        }
    }

    private mutating func look(
        _ link: NameOperation.LinkAtEnd, _ access: Access, _ job: OpenJob
    ) throws(Refusal) -> Sight {
        let flags = try RequestedFlags(access.flags)
        let rule = try Self.rule(for: name.span, access, in: job.generation.policy)  // stage 4
        decidingRule = rule
        let root = try openRoot(job.generation.policy.rules[rule].root, job)
        let identity = try identity(for: rule, job)
        defer { extendLifetime(identity) }
        guard let object = try resolve(rule, link, beneath: root, flags, job) else {  // stage 5
            throw Refusal(.noSuchFileOrDirectory, at: .resolve, .kernel)
        }
        let (status, mount) = try recognize(object)  // stage 6
        try refuseDenied(access, status, beneath: root, rule, job)
        let id = try deciding(rule, beneath: root, flags, job)
        if status.kind == .file || status.kind == .blockDevice || status.kind == .characterDevice {
            let facts = ObjectFacts(
                rule: id, isLearned: false, root: root.facts, status: status, labelling: mount.labelling, label: nil)
            _ = try checkLabel(of: object, facts, flags, job)  // stage 7
        }
        return Sight(object: object, status: status, rule: id)
    }

    private mutating func resolve(
        _ rule: Rule.ID, _ link: NameOperation.LinkAtEnd, beneath root: OpenRoot, _ flags: RequestedFlags,
        _ job: OpenJob
    ) throws(Refusal) -> OwnedDescriptor? {
        guard link == .itself else { return try resolve(rule, beneath: root, flags, job) }
        if job.generation.policy.rules[rule].symlinks == .follow, access == .held { throw Refusal.mayHang }
        do throws(Refusal) {
            return try entry(in: try resolveParent(rule, beneath: root, job))
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    /// The last component of the name, a symbolic link itself too.
    private func entry(in parent: borrowing OwnedDescriptor) throws(Refusal) -> OwnedDescriptor {
        do { return try RootDirectory.resolveToLink(lastComponentOf: name, in: parent, mounts: access.mounts) } catch {
            throw refusal(for: error, .none)
        }
    }

    private mutating func recognize(_ object: borrowing OwnedDescriptor) throws(Refusal) -> (FileStatus, Mount) {
        let status: FileStatus
        let mount: Mount
        do {
            status = try FileStatus.of(object)
            try descriptors.name(of: object, into: &realName)
            mount = try mounts.mount(of: object.number, status.mount)
        } catch {
            throw Refusal(error, at: .object, .kernel)
        }
        if access == .held, mount.reach == .canHang { throw Refusal.mayHang }
        var isGone = status.linkCount == 0
        if !isGone { isGone = try hasLostItsName(status) }
        if isGone { throw Refusal(.noSuchFileOrDirectory, at: .object, .changedMeanwhile) }
        return (status, mount)
    }

    /// A directory that the policy names on the way to what it grants.
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
            guard let found = try resolve(rule, beneath: root, try RequestedFlags(0), job) else {
                throw Refusal(.noSuchFileOrDirectory, at: .resolve, .kernel)
            }
            object = found
        }
        let (status, _) = try recognize(object)
        // Another sort of object there is not what the policy means.
        guard status.kind == .directory else { return nil }
        try refuseDenied(.readOnly, status, beneath: root, rule, job)
        return Sight(object: object, status: status, rule: nil)
    }

    /// A directory above a root: what the admin wrote leads over it.
    private func lookAbove(_ link: NameOperation.LinkAtEnd) throws(Refusal) -> Sight? {
        do throws(Errno) {
            let found =
                switch link {
                case .followed: try RootDirectory(ambientPath: name)
                case .itself: try RootDirectory(entry: name, of: RootDirectory(ambientPath: SystemPath("/")))
                }
            let kind = found.status.kind
            guard kind == .directory || kind == .symbolicLink else { return nil }
            return Sight(object: try found.descriptor.duplicate(), status: found.status, rule: nil)
        } catch {
            throw Refusal(error, at: .resolve, .kernel)
        }
    }

    // MARK: Answering

    private func status(
        of object: borrowing OwnedDescriptor, _ form: NameOperation.StatusForm
    ) throws(Refusal) -> [UInt8] {
        do throws(Errno) {
            switch form {
            case .stat: return try StatusBytes.stat(of: object)
            case .statx(let flags, let mask): return try StatusBytes.statx(of: object, flags: flags, mask: mask)
            }
        } catch {
            throw Refusal(error, at: .object, .kernel)
        }
    }

    private enum AccessBit {
        static let execute: UInt32 = 1
        static let write: UInt32 = 2
        static let read: UInt32 = 4
    }

    private mutating func mayAccess(
        _ bits: UInt32, _ link: NameOperation.LinkAtEnd, _ job: OpenJob
    ) throws(Refusal) -> NameAnswer {
        guard bits & ~7 == 0 else { throw Refusal(.invalidArgument, at: .flags, .unknownFlags(bits & ~7)) }
        let kind: FileKind
        if bits & AccessBit.write != 0 {
            let access: Access = bits & AccessBit.read != 0 ? .readWrite : .writeOnly
            kind = try look(link, access, job).status.kind
        } else {
            // Only to be there is asked: any grant will do.
            let second: Access? = bits & AccessBit.read != 0 ? nil : .writeOnly
            kind = try look(link, .readOnly, or: second, job).status.kind
        }
        guard bits & AccessBit.execute == 0 || kind == .directory else {
            throw Refusal(.permissionDenied, at: .object, .notExecutable)
        }
        return .done
    }

    private mutating func readLink(_ job: OpenJob) throws(Refusal) -> [UInt8] {
        let sight = try look(.itself, .readOnly, or: .writeOnly, job)
        guard sight.status.kind == .symbolicLink else { throw Refusal(.invalidArgument, at: .object, .noLink) }
        do { return try linkTarget(sight.object) } catch { throw Refusal(error, at: .object, .kernel) }
    }

    private mutating func refusalOfDirectory(_ job: OpenJob) throws(Refusal) -> Refusal {
        do throws(Refusal) {
            _ = try look(.itself, .readOnly, or: .writeOnly, job)
            return Refusal(.fileExists, at: .policy, .makesNoDirectories)
        } catch {
            if error.isMayHang { throw error }
            return Refusal(.permissionDenied, at: .policy, .makesNoDirectories)
        }
    }
}

/// What a name operation comes to before it is recorded.
enum NameDecision: ~Copyable {
    case answered(NameAnswer)
    case changeable(PreparedChange)
}

extension Access {
    /// `O_RDONLY`, `O_WRONLY`, `O_RDWR`.
    fileprivate var flags: UInt32 {
        switch self {
        case .readOnly: 0
        case .writeOnly: 1
        case .readWrite: 2
        }
    }
}
