internal import HookLinux
internal import Synchronization

/// The request that a worker is busy with, for whoever must answer it instead; and the root beneath which it then hangs.
///
/// The worker and the watchdog may come here at the same moment, at the deadline. What each finds must fit together: the
/// watchdog always finds the job that it claimed, and what it counts as stuck is counted off again, once.
final class JobAtWork: Sendable {
    private struct State {
        var job: OpenJob?
        var stuckBeneath: SystemPath?
        var hasReturned = false
    }

    private let state = Mutex(State())

    func begin(_ job: OpenJob) {
        state.withLock { $0.job = job }
    }

    /// The worker has answered.
    func end() {
        state.withLock { $0.job = nil }
    }

    /// The watchdog has claimed the answer: the worker hangs, as far as anyone knows.
    func giveUp(_ progress: Progress, _ stuck: CountByRoot) -> OpenJob? {
        state.withLock { state in
            if !state.hasReturned, let job = state.job, let root = progress.current {
                let path = job.generation.rootPaths[root]
                state.stuckBeneath = path
                stuck.add(beneath: path)
            }
            return state.job
        }
    }

    /// The worker found that the watchdog has claimed the answer.
    func returnLate(_ stuck: CountByRoot) {
        state.withLock { state in
            state.hasReturned = true
            if let root = state.stuckBeneath { stuck.remove(beneath: root) }
        }
    }
}
