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
    private struct Known {
        var facts: RootFacts
        /// Whether the records say so, or it is as it was when the policy was loaded.
        var isRecorded: Bool
    }

    private let known: Mutex<[Known?]>

    init(_ known: [RootFacts?]) {
        self.known = Mutex(known.map { facts in facts.map { Known(facts: $0, isRecorded: true) } })
    }

    subscript(_ root: Root.ID) -> RootFacts? { known.withLock { $0[root]?.facts } }

    /// Notes which directory stands there now, whether or not a request is granted beneath it.
    ///
    /// - Returns: whether it is another one than before: remounted, or replaced.
    func follow(_ facts: RootFacts) -> Bool {
        known.withLock { known in
            if let before = known[facts.root], before.facts.isSame(as: facts) { return false }
            known[facts.root] = Known(facts: facts, isRecorded: false)
            return true
        }
    }

    /// Notes which directory a request was resolved beneath that is granted.
    ///
    /// - Returns: whether a record is to say that it is another one than before.
    func note(_ facts: RootFacts) -> Bool {
        defer { facts.setNoted() }
        return known.withLock { known in
            if let before = known[facts.root], before.isRecorded, before.facts.isSame(as: facts) { return false }
            known[facts.root] = Known(facts: facts, isRecorded: true)
            return true
        }
    }

    /// The record that `note` asked for could not be written: the next request that is granted asks for it again.
    func takeBack(_ facts: RootFacts) {
        known.withLock { known in
            guard known[facts.root]?.facts === facts else { return }
            known[facts.root]?.isRecorded = false
        }
        facts.setNew()
    }
}
