internal import HookLinux
internal import Synchronization
internal import SystemPackage

/// The thread that owns the deadlines, and whatever else must happen later: records that wait to be written.
///
/// It sleeps for ever while nothing is owed. A request wakes it only if it would sleep past the request's deadline:
/// in a steady flow of requests that is never.
final class Watchdog: Sendable {
    /// One worker's request, watched.
    struct Watched: Sendable {
        let ticket: AnswerTicket
        /// Called on the watchdog's thread once the answer is no longer the worker's. It must not block.
        let expired: @Sendable () -> Void
    }

    private let watched = Mutex<[ObjectIdentifier: Watched]>([:])
    private let wakeUp = EventCount()
    private let nextLook = Atomic<Int64>(.max)
    private let chores: Chores

    init(chores: Chores) {
        self.chores = chores
    }

    func start() throws(Errno) {
        try Thread.start { [self] in
            ThisProcess.nameThread("watchdog")
            run()
        }
    }

    func watch(_ watched: Watched) {
        self.watched.withLock { $0[ObjectIdentifier(watched.ticket)] = watched }
    }

    func forget(_ ticket: AnswerTicket) {
        watched.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(ticket)) }
    }

    /// A request begins, which is watched and makes records.
    func expectRequest(now: Int64, deadline: Int64) {
        expectLook(by: min(deadline, chores.expect(now: now)))
    }

    /// Makes sure that the watchdog looks around at this time at the latest.
    ///
    /// What it is to see must have been stored before this is called, in sequentially consistent order: `run` says
    /// that it sleeps for ever before it looks around, so either it sees that, or this sees that it sleeps.
    private func expectLook(by time: Int64) {
        if nextLook.load(ordering: .sequentiallyConsistent) > time { wakeUp.advance() }
    }

    private func run() -> Never {
        while true {
            let seen = wakeUp.value
            nextLook.store(.max, ordering: .sequentiallyConsistent)
            let present = KernelClock.monotonic()
            var next = chores.run(now: present)
            for one in watched.withLock({ Array($0.values) }) {
                if one.ticket.expire(now: present) {
                    one.expired()
                } else if let expiry = one.ticket.expiry {
                    next = min(next, expiry)
                }
            }
            nextLook.store(next, ordering: .sequentiallyConsistent)
            wakeUp.wait(while: seen, until: next == .max ? nil : next)
        }
    }
}
