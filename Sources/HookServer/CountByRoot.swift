internal import HookLinux
internal import Synchronization

/// How many requests are in one state beneath each root, over all policy generations and connections.
final class CountByRoot: Sendable {
    /// Opens that hang: each holds a thread, so that a root with that many answers `ETIMEDOUT` at once until one returns.
    static let mostStuck = 8
    /// Requests that wait for a file system, of a front end whose threads are few: those of one root must not use up all
    /// of them.
    static let mostWaiting = 16

    private let most: Int
    private let counts = Mutex<[[UInt8]: Int]>([:])
    private let hasCounts = Atomic<Bool>(false)

    init(most: Int) { self.most = most }

    /// Whether there is one beneath any root: mostly there is none.
    var isAny: Bool { hasCounts.load(ordering: .acquiring) }

    func isFull(beneath root: SystemPath) -> Bool { counts.withLock { $0[root.bytes, default: 0] >= most } }

    /// Adds one, unless there are too many.
    ///
    /// - Returns: whether it was added; then `remove` must follow.
    func enter(beneath root: SystemPath) -> Bool {
        counts.withLock { counts in
            guard counts[root.bytes, default: 0] < most else { return false }
            change(&counts, beneath: root, by: 1)
            return true
        }
    }

    /// Adds one that is there, however many there are.
    func add(beneath root: SystemPath) { counts.withLock { change(&$0, beneath: root, by: 1) } }

    /// The thread that returns may be here before the one that gave it up: then this goes below zero and back.
    func remove(beneath root: SystemPath) { counts.withLock { change(&$0, beneath: root, by: -1) } }

    private func change(_ counts: inout [[UInt8]: Int], beneath root: SystemPath, by difference: Int) {
        let now = counts[root.bytes, default: 0] + difference
        counts[root.bytes] = now == 0 ? nil : now
        hasCounts.store(!counts.isEmpty, ordering: .releasing)
    }
}
