internal import HookPolicy
internal import Synchronization

/// Beneath which root a request is at work: what a thread that hangs hangs on.
final class Progress: Sendable {
    /// -1 for none.
    private let root = Atomic<Root.ID>(-1)

    func enter(_ root: Root.ID) {
        self.root.store(root, ordering: .releasing)
    }

    func leave() {
        root.store(-1, ordering: .releasing)
    }

    /// A root of the policy generation that the request is decided by.
    var current: Root.ID? {
        let root = root.load(ordering: .acquiring)
        return root < 0 ? nil : root
    }
}
