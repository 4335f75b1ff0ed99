internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// Stage 5: from a granted name to the object that has it, without opening it.
extension OpenAuthority {
    /// - Returns: an `O_PATH` descriptor, or `nil` if there is no such name.
    /// - Throws: the kernel's errno; `ELOOP` for a symbolic link that the rule does not allow; `EACCES` for a way that
    ///   leaves the root, audited as *escape*.
    func resolve(
        _ id: Rule.ID, beneath root: OpenRoot, _ flags: RequestedFlags, _ job: OpenJob
    ) throws(Refusal) -> OwnedDescriptor? {
        let generation = job.generation
        let symlinks = generation.policy.rules[id].symlinks
        let relative = try relativeName(below: generation.policy.rules[id].root, job)
        // The way may lead anywhere, over mounts of any kind.
        if symlinks == .follow, access == .held { throw Refusal.mayHang }
        do {
            switch symlinks {
            case .none:
                return try root.directory.resolve(relative, links: .refuse, mounts: access.mounts)
            case .inside:
                let links = LinksInside(
                    root: root, directory: generation.root(of: id).directory, mounts: access.mounts)
                return flags.refusesLastLink
                    ? try links.resolveRefusingLastLink(relative) : try links.resolve(relative)
            case .follow:
                return try TrustedWay.follow(name, refusingLastLink: flags.refusesLastLink)
            }
        } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            throw refusal(for: error, symlinks)
        }
    }

    func refusal(for error: Errno, _ symlinks: SymlinkRule) -> Refusal {
        switch error {
        case .tooManySymbolicLinkLevels: Refusal(error, at: .resolve, .symbolicLink)
        case .improperLink where access == .held: Refusal.mayHang
        case .improperLink: Refusal(.permissionDenied, at: .resolve, .escape)
        case .permissionDenied where symlinks == .follow: Refusal(error, at: .resolve, .untrustedWay)
        default: Refusal(error, at: .resolve, .kernel)
        }
    }

    /// The part of the name below a root's directory.
    ///
    /// - Throws: `EISDIR` if the root itself was asked for.
    func relativeName(below root: Root.ID, _ job: OpenJob) throws(Refusal) -> RelativePath {
        guard let start = job.generation.rootPaths[root].startOfRest(of: name),
            let relative = RelativePath(name, from: start)
        else {
            throw Refusal(.isDirectory, at: .object, .directory)
        }
        return relative
    }
}
