internal import HookLinux
internal import Synchronization

/// How many opens hang beneath each root, over all policy generations and connections.
///
/// A root with eight of them answers `ETIMEDOUT` at once until one returns: each holds a thread.
final class StuckOpens: Sendable {
    static let mostPerRoot = 8

    private let counts = Mutex<[[UInt8]: Int]>([:])
    private let hasCounts = Atomic<Bool>(false)

    /// Whether anything hangs: mostly nothing does.
    var isAny: Bool { hasCounts.load(ordering: .acquiring) }

    func isFull(beneath root: SystemPath) -> Bool {
        counts.withLock { $0[root.bytes, default: 0] >= Self.mostPerRoot }
    }

    func add(beneath root: SystemPath) {
        counts.withLock { counts in
            let now = counts[root.bytes, default: 0] + 1
            counts[root.bytes] = now == 0 ? nil : now
            hasCounts.store(!counts.isEmpty, ordering: .releasing)
        }
    }

    func remove(beneath root: SystemPath) {
        counts.withLock { counts in
            // The thread that returns may be here before the one that gave it up: then this goes below zero and back.
            let left = counts[root.bytes, default: 0] - 1
            counts[root.bytes] = left == 0 ? nil : left
            hasCounts.store(!counts.isEmpty, ordering: .releasing)
        }
    }
}
