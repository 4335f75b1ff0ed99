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

    /// - Returns: the refusal of a name that means something else to the program.
    func difference(of target: TargetProcess, _ name: [UInt8], _ policy: Policy) -> Refusal? {
        switch known(target) {
        case .same: return nil
        case .otherRoot: return .targetElsewhere
        case .otherMounts:
            let cleaned = TargetName.cleaned(name)
            for root in policy.roots {
                guard let path = try? SystemPath(cleaned), path.isBeneathOrEqual(root.directory.bytes.span) else {
                    continue
                }
                if !isSame(root.directory, target) { return .targetElsewhere }
            }
            return nil
        }
    }

    private func known(_ target: TargetProcess) -> Kind {
        kind.withLock { kind in
            if let kind { return kind }
            let found = Self.look(at: target)
            kind = found
            return found
        }
    }

    private static func look(at target: TargetProcess) -> Kind {
        var root = SystemPath()
        var mounts = SystemPath()
        var own = SystemPath()
        do throws(Errno) {
            try target.link("root", into: &root)
            try target.link("ns/mnt", into: &mounts)
            try TargetProcess(thread: ThisProcess.pid).link("ns/mnt", into: &own)
        } catch {
            return .otherRoot
        }
        guard root == SystemPath("/") else { return .otherRoot }
        return mounts == own ? .same : .otherMounts
    }

    private func isSame(_ directory: AbsolutePath, _ target: TargetProcess) -> Bool {
        guard let here = try? SystemPath(directory.bytes),
            let there = try? SystemPath(target.entry("root").bytes + directory.bytes),
            let own = try? FileStatus.following(here), let its = try? FileStatus.following(there)
        else { return false }
        return own.identity == its.identity
    }
}
