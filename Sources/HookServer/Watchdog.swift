internal import HookLinux
internal import Synchronization
internal import SystemPackage

/// The thread that owns the deadlines. It never waits for anything else: no file, no lock that a write is made under.
final class Watchdog: Sendable {
    /// One worker's request, watched.
    struct Watched: Sendable {
        let ticket: AnswerTicket<OpenJob>
        /// Called on the watchdog's thread with a request whose answer is no longer the worker's. It must not block.
        let expired: @Sendable (OpenJob) -> Void
    }

    private let watched = Mutex<[ObjectIdentifier: Watched]>([:])
    private let alarm = Alarm()

    func start() throws(Errno) {
        try Thread.start { [self] in
            ThisProcess.nameThread("watchdog")
            alarm.run(look)
        }
    }

    func watch(_ watched: Watched) {
        self.watched.withLock { $0[ObjectIdentifier(watched.ticket)] = watched }
    }

    func forget(_ ticket: AnswerTicket<OpenJob>) {
        watched.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(ticket)) }
    }

    /// A ticket that is watched has begun a request.
    func expectExpiry(by deadline: Int64) { alarm.expectLook(by: deadline) }

    private func look(_ now: Int64) -> Int64 {
        var next = Int64.max
        for one in watched.withLock({ Array($0.values) }) {
            if let job = one.ticket.expire(now: now) {
                one.expired(job)
            } else if let expiry = one.ticket.expiry {
                next = min(next, expiry)
            }
        }
        return next
    }
}
