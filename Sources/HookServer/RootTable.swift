internal import HookLinux
internal import HookPolicy
internal import Synchronization

/// The directories of one policy generation, by root, held open. It belongs to the process's own descriptor table.
///
/// A root may be missing: one that is not declared and whose directory is not there.
final class RootTable: Sendable {
    private let held: Mutex<[OpenRoot?]>

    init(_ held: [OpenRoot?]) {
        self.held = Mutex(held)
    }

    subscript(_ root: Root.ID) -> OpenRoot? { held.withLock { $0[root] } }

    func replace(_ root: Root.ID, with fresh: OpenRoot) {
        // The old one is closed outside of the lock.
        _ = held.withLock { held in
            let old = held[root]
            held[root] = fresh
            return old
        }
    }
}

/// What is known of the directories of one policy generation, by root: values that any thread may use.
final class RootKnowledge: Sendable {
    private let known: Mutex<[RootFacts?]>

    init(_ known: [RootFacts?]) {
        self.known = Mutex(known)
    }

    subscript(_ root: Root.ID) -> RootFacts? { known.withLock { $0[root] } }

    /// Notes which directory a request was resolved beneath.
    ///
    /// - Returns: whether it is another one than before: remounted, or replaced.
    func note(_ root: Root.ID, _ facts: RootFacts) -> Bool {
        defer { facts.setNoted() }
        return known.withLock { known in
            if let before = known[root], before === facts || before.isSame(as: facts) { return false }
            known[root] = facts
            return true
        }
    }
}
