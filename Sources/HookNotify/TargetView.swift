internal import HookLinux
internal import HookPolicy
internal import HookServer
internal import Synchronization
internal import SystemPackage

/// Whether a name means to the program what it means to the broker.
///
/// The filter lets no process under it change its root directory or its mount namespace, so that this is found out once
/// for all of them.
final class TargetView: Sendable {
    private enum Kind: Sendable {
        case same
        /// Another mount namespace, as libvirt makes one: names may mean the same there.
        case otherMounts
        case otherRoot
    }

    private let kind = Mutex<Kind?>(nil)

    /// - Parameter stillWaits: whether the thread that asked waits still: what was read is about it only then.
    /// - Returns: the refusal of a name that means something else to the program.
    /// - Throws: what keeps that from being found out, this time.
    func difference(
        of target: TargetThread, _ name: [UInt8], _ policy: Policy, stillWaits: () -> Bool
    ) throws(Errno) -> Refusal? {
        switch try known(target, stillWaits) {
        case .same: return nil
        case .otherRoot: return .targetElsewhere
        case .otherMounts:
            let name = try SystemPath(TargetName.cleaned(name))
            let roots = policy.roots.map(\.directory).filter { name.isBeneathOrEqual($0.bytes.span) }
            guard !roots.isEmpty else { return nil }
            let there = try target.object("root")
            guard stillWaits() else { throw .noSuchProcess }
            for root in roots where !Self.isSame(root, beneath: there) { return .targetElsewhere }
            return nil
        }
    }

    private func known(_ target: TargetThread, _ stillWaits: () -> Bool) throws(Errno) -> Kind {
        if let known = kind.withLock({ $0 }) { return known }
        let found = try Self.look(at: target)
        guard stillWaits() else { throw .noSuchProcess }
        kind.withLock { $0 = found }
        return found
    }

    private static func look(at target: TargetThread) throws(Errno) -> Kind {
        var root = SystemPath()
        var mounts = SystemPath()
        var own = SystemPath()
        try target.link("root", into: &root)
        try target.link("ns/mnt", into: &mounts)
        try TargetThread(thread: ThisProcess.pid).link("ns/mnt", into: &own)
        guard root == SystemPath("/") else { return .otherRoot }
        return mounts == own ? .same : .otherMounts
    }

    /// A link on the way is followed as the program would: an absolute one begins at its root directory, not at this
    /// process's.
    private static func isSame(_ directory: AbsolutePath, beneath root: borrowing OwnedDescriptor) -> Bool {
        do throws(Errno) {
            let path = try SystemPath(directory.bytes)
            let theirs = try TargetThread.resolve(path, inRoot: root)
            return try FileStatus.following(path).identity == FileStatus.of(theirs).identity
        } catch {
            return false
        }
    }
}
