internal import Synchronization

/// Who answers the request that a thread works on: that thread, or the watchdog when the time is up. Whoever claims
/// the answer first sends it: exactly one answer.
///
/// One word holds the number of the request and its state, so that a claim for one request never takes the next one. It
/// stands for the request as well: whoever owes the answer has that, and nobody else.
final class AnswerTicket<Request: Sendable>: Sendable {
    private let word = Atomic<UInt64>(State.idle)
    private let deadline = Atomic<Int64>(.max)
    /// The thread that works on the request writes it before it stores `word`, and again once it has claimed the answer.
    /// The watchdog reads it when it has exchanged `word`, after which that thread finds its claim refused and never comes
    /// here again: what would be a lock is in the word.
    private nonisolated(unsafe) var request: Request?

    /// Begins a request, once the answer to the one before has been claimed by this thread: otherwise the watchdog may be
    /// reading that one, and the program ends here.
    ///
    /// - Parameter deadline: of the monotonic clock, in nanoseconds.
    func begin(_ request: Request, deadline: Int64) {
        let last = word.load(ordering: .relaxed)
        precondition(last == State.idle || last & State.mask == State.answered)
        unsafe self.request = request
        self.deadline.store(deadline, ordering: .relaxed)
        word.store((last | State.mask) &+ 1 | State.owed, ordering: .sequentiallyConsistent)
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

    /// Lets go of a request, if the thread that worked on it has claimed its answer.
    func end() {
        guard word.load(ordering: .relaxed) & State.mask == State.answered else { return }
        unsafe request = nil
    }

    /// When the present request runs out of time; `nil` if no answer is owed.
    var expiry: Int64? {
        guard word.load(ordering: .sequentiallyConsistent) & State.mask == State.owed else { return nil }
        return deadline.load(ordering: .sequentiallyConsistent)
    }

    /// Claims the answer for the watchdog, if its time is up.
    ///
    /// - Returns: the request that is to be answered now.
    func expire(now: Int64) -> Request? {
        let seen = word.load(ordering: .sequentiallyConsistent)
        guard seen & State.mask == State.owed, deadline.load(ordering: .sequentiallyConsistent) <= now else {
            return nil
        }
        let (isMine, _) = word.compareExchange(
            expected: seen, desired: seen & ~State.mask | State.expired, ordering: .sequentiallyConsistent)
        return isMine ? unsafe request : nil
    }
}

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
