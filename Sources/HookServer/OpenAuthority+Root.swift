internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// The root's directory: the name in the policy must still lead to the directory that is held.
extension OpenAuthority {
    func openRoot(_ id: Root.ID, _ job: OpenJob) throws(Refusal) -> OpenRoot {
        job.asker.progress.enter(id, of: job.generation.number)
        let stuck = job.site.stuck
        if stuck.isAny, stuck.isFull(beneath: job.generation.rootPaths[id]) {
            throw Refusal(.timedOut, at: .deadline, .tooManyStuck)
        }
        if let thread = job.asker.thread, let folder = Self.processFolder(job.generation.rootPaths[id], of: thread) {
            let own = try open(id, at: folder)
            // Another one for each process that asks: none has taken the place of another.
            own.facts.setNoted()
            return own
        }
        guard let table = roots else { return try open(id, at: job.generation.rootPaths[id]) }
        if let held = table[id] {
            try refuseWaiting(for: held)
            do throws(Errno) {
                if try held.isStillThere() { return held }
            } catch {
                throw Refusal(.staleNFSFileHandle, at: .resolve, .rootIsGone(id))
            }
        }
        // Remounted or replaced; or not there when the policy was loaded, which it may be by now.
        let fresh = try open(id, at: job.generation.rootPaths[id])
        table.replace(id, with: fresh)
        try refuseWaiting(for: fresh)
        return fresh
    }

    /// `/proc/self` is another directory for each process: that of who asks is meant, not the server's.
    private static func processFolder(_ path: SystemPath, of thread: Int32) -> SystemPath? {
        let own = Array("/proc/self".utf8)
        guard path.isBeneathOrEqual(own.span) else { return nil }
        return try? SystemPath(Array("/proc/\(thread)".utf8) + path.bytes.dropFirst(own.count))
    }

    private func open(_ id: Root.ID, at path: SystemPath) throws(Refusal) -> OpenRoot {
        do { return try OpenRoot(id, at: path, descriptors, mounts) } catch {
            throw Refusal(error, at: .resolve, .kernel)
        }
    }

    private func refuseWaiting(for root: OpenRoot) throws(Refusal) {
        if access == .held, root.facts.mount.reach == .canHang { throw Refusal.mayHang }
    }
}
