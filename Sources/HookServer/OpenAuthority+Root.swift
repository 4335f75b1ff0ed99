internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// The root's directory: the name in the policy must still lead to the directory that is held.
extension OpenAuthority {
    func openRoot(_ id: Root.ID, _ job: OpenJob) throws(Refusal) -> OpenRoot {
        job.asker.progress.enter(id)
        let stuck = job.site.stuck
        if stuck.isAny, stuck.isFull(beneath: job.generation.rootPaths[id]) {
            throw Refusal(.timedOut, at: .deadline, .tooManyStuck)
        }
        guard let table = roots else { return try open(job.generation.rootPaths[id]) }
        if let held = table[id] {
            try refuseWaiting(for: held)
            do throws(Errno) {
                if try held.isStillThere() { return held }
            } catch {
                throw Refusal(.staleNFSFileHandle, at: .resolve, .rootIsGone(id))
            }
        }
        let path = job.generation.rootPaths[id]
        // Remounted or replaced; or not there when the policy was loaded, which it may be by now.
        let fresh = try open(path)
        table.replace(id, with: fresh)
        try refuseWaiting(for: fresh)
        return fresh
    }

    private func open(_ path: SystemPath) throws(Refusal) -> OpenRoot {
        do { return try OpenRoot(at: path, descriptors, mounts) } catch {
            throw Refusal(error, at: .resolve, .kernel)
        }
    }

    private func refuseWaiting(for root: OpenRoot) throws(Refusal) {
        if access == .held, root.facts.mount.reach == .canHang { throw Refusal.mayHang }
    }
}
