internal import HookLinux
internal import Synchronization

/// The root beneath which a worker's request hangs, as far as anyone knows: counted as stuck until the worker is back.
///
/// The watchdog, which has claimed the answer, and the worker, which finds that out, may come here at the same moment and
/// in any order. What is counted is counted off again, once.
final class Hang: Sendable {
    private struct State {
        var root: SystemPath?
        var isOver = false
    }

    private let state = Mutex(State())

    /// The watchdog has claimed the answer.
    func begin(beneath root: SystemPath, _ stuck: CountByRoot) {
        state.withLock { state in
            guard !state.isOver else { return }
            state.root = root
            stuck.add(beneath: root)
        }
    }

    /// The worker is back.
    func end(_ stuck: CountByRoot) {
        state.withLock { state in
            state.isOver = true
            if let root = state.root { stuck.remove(beneath: root) }
        }
    }
}
