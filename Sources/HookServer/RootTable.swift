internal import HookLinux
internal import HookPolicy
internal import Synchronization

/// The directories of one policy generation, by root, held open.
///
/// A root may be missing: one that is not declared and whose directory is not there.
final class RootTable: Sendable {
    private struct Entry: Sendable {
        var held: OpenRoot?
        var known: RootFacts?
    }

    private let entries: Mutex<[Entry]>

    init(_ held: [OpenRoot?]) {
        entries = Mutex(held.map { Entry(held: $0, known: $0?.facts) })
    }

    subscript(_ root: Root.ID) -> OpenRoot? { entries.withLock { $0[root].held } }

    func known(_ root: Root.ID) -> RootFacts? { entries.withLock { $0[root].known } }

    func replace(_ root: Root.ID, with fresh: OpenRoot) {
        // The old one is closed outside of the lock.
        _ = entries.withLock { entries in
            let old = entries[root].held
            entries[root].held = fresh
            return old
        }
    }

    /// Notes which directory a request was resolved beneath.
    ///
    /// - Returns: whether it is another one than before: remounted, or replaced.
    func note(_ root: Root.ID, _ facts: RootFacts) -> Bool {
        entries.withLock { entries in
            if let known = entries[root].known, known === facts || known.isSame(as: facts) { return false }
            entries[root].known = facts
            return true
        }
    }
}
