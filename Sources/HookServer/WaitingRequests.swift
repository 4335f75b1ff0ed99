internal import HookLinux
internal import Synchronization

/// How many requests wait for file systems beneath each root, of a front end whose threads are few: those of one root must
/// not use up all of them.
final class WaitingRequests: Sendable {
    static let mostPerRoot = 16

    private let counts = Mutex<[[UInt8]: Int]>([:])

    /// - Returns: whether the request may wait; then it calls `leave`.
    func enter(beneath root: SystemPath?) -> Bool {
        guard let root else { return true }
        return counts.withLock { counts in
            let now = counts[root.bytes, default: 0] + 1
            guard now <= Self.mostPerRoot else { return false }
            counts[root.bytes] = now
            return true
        }
    }

    func leave(_ root: SystemPath?) {
        guard let root else { return }
        counts.withLock { counts in
            let left = counts[root.bytes, default: 0] - 1
            counts[root.bytes] = left > 0 ? left : nil
        }
    }
}
