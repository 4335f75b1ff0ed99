internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// `..` in a name that was asked for.
extension OpenAuthority {
    /// Replaces a name by that of the directory which holds what it leads to, as the kernel would climb.
    ///
    /// The name must lead to a directory beneath a root in which something is granted, that nothing denies; its way may
    /// lead over symbolic links beneath that root, for what comes out is a name that is decided about as any other.
    /// - Throws: `EINVAL` where that cannot be: plain text is not what the kernel would do, and what is elsewhere is
    ///   nobody's business who asks here.
    mutating func climb(_ prefix: inout SystemPath, _ job: OpenJob) throws(Refusal) {
        guard let id = deepestRoot(above: prefix, job) else {
            throw Refusal(.invalidArgument, at: .name, .parentOfUnresolvable)
        }
        let policy = job.generation.policy
        guard policy.denial(of: prefix.span, .readOnly) == nil else {
            throw Refusal(.invalidArgument, at: .name, .parentOfUnresolvable)
        }
        let root = try openRoot(id, job)
        let directory = policy.roots[id].directory
        if let start = job.generation.rootPaths[id].startOfRest(of: prefix),
            let rest = RelativePath(prefix, from: start)
        {
            do throws(Errno) {
                let identity = try fileSystemIdentity(beneath: id, job)
                defer { extendLifetime(identity) }
                let object = try root.directory.resolve(rest, links: .followBeneath, mounts: access.mounts)
                guard try FileStatus.of(object).kind == .directory else { throw Errno.notDirectory }
                try descriptors.name(of: object, into: &realName)
            } catch {
                if access == .held, error == .improperLink { throw Refusal.mayHang }
                throw Refusal(.invalidArgument, at: .name, .parentOfUnresolvable)
            }
            guard spell(beneath: root, directory), policy.denial(of: spelledName.span, .readOnly) == nil else {
                throw Refusal(.invalidArgument, at: .name, .parentOfUnresolvable)
            }
            prefix = spelledName
        } else {
            // The root itself: its parent is that of its real name.
            let real = root.facts.realName
            prefix.assign(real.span)
        }
        prefix.truncate(to: max(1, prefix.lastComponentStart - 1))
    }

    private func deepestRoot(above name: SystemPath, _ job: OpenJob) -> Root.ID? {
        var best: Root.ID?
        var longest = -1
        for (id, root) in job.generation.policy.roots.enumerated() where root.grants {
            let length = root.directory.bytes.count
            if length > longest, name.isBeneathOrEqual(root.directory.bytes.span) {
                best = id
                longest = length
            }
        }
        return best
    }

    /// Spells `realName` beneath the root as the policy names that, into `spelledName`.
    ///
    /// - Returns: whether the object lies beneath the root at all.
    mutating func spell(beneath root: OpenRoot, _ directory: AbsolutePath) -> Bool {
        let real = root.facts.realName
        guard realName.isBeneathOrEqual(real.span) else { return false }
        spelledName.assign(directory.bytes.span)
        let rest = real.count == 1 ? 0 : real.count
        if realName.count > rest {
            if directory.bytes.count == 1 { spelledName.removeAll() }
            spelledName.append(realName, from: rest)
        }
        return spelledName.count <= SystemPath.longest
    }
}
