internal import HookLinux
internal import Synchronization

/// Beneath which root a request is at work: what a thread that hangs hangs on.
final class Progress: Sendable {
    private let root = Mutex<SystemPath?>(nil)

    func enter(_ root: SystemPath) {
        self.root.withLock { $0 = root }
    }

    func leave() {
        root.withLock { $0 = nil }
    }

    var current: SystemPath? { root.withLock { $0 } }
}
