internal import Synchronization

/// Who answers the request that a thread works on: that thread, or the watchdog when the time is up. Whoever claims
/// the answer first sends it: exactly one answer.
///
/// One word holds the number of the request and its state, so that a claim for one request never takes the next one.
final class AnswerTicket: Sendable {
    private enum State {
        static let idle: UInt64 = 0
        /// The answer is owed. What the request asks to be cut or changed is begun while it is, and not afterwards.
        static let owed: UInt64 = 1
        /// Answered by the thread that worked on it.
        static let answered: UInt64 = 2
        /// Given up by the watchdog: another thread answers `ETIMEDOUT`.
        static let expired: UInt64 = 3
        static let mask: UInt64 = 3
    }

    private let word = Atomic<UInt64>(State.idle)
    private let deadline = Atomic<Int64>(.max)

    /// Begins a request. The time is that of the monotonic clock, in nanoseconds.
    func begin(deadline: Int64) {
        self.deadline.store(deadline, ordering: .relaxed)
        let number = (word.load(ordering: .relaxed) | State.mask) &+ 1
        word.store(number | State.owed, ordering: .sequentiallyConsistent)
    }

    /// Whether nobody has answered yet.
    var isOwed: Bool { word.load(ordering: .acquiring) & State.mask == State.owed }

    /// Claims the answer for the thread that works on the request.
    ///
    /// - Returns: whether it is that thread that answers.
    func claim() -> Bool {
        let seen = word.load(ordering: .acquiring)
        guard seen & State.mask == State.owed else { return false }
        return word.compareExchange(
            expected: seen, desired: seen & ~State.mask | State.answered, ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// When the present request runs out of time; `nil` if no answer is owed.
    var expiry: Int64? {
        guard word.load(ordering: .sequentiallyConsistent) & State.mask == State.owed else { return nil }
        return deadline.load(ordering: .sequentiallyConsistent)
    }

    /// Claims the answer for the watchdog, if its time is up.
    func expire(now: Int64) -> Bool {
        let seen = word.load(ordering: .sequentiallyConsistent)
        guard seen & State.mask == State.owed, deadline.load(ordering: .sequentiallyConsistent) <= now else {
            return false
        }
        return word.compareExchange(
            expected: seen, desired: seen & ~State.mask | State.expired, ordering: .sequentiallyConsistent
        ).exchanged
    }
}
