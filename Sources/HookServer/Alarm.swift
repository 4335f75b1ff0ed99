internal import HookLinux
internal import Synchronization

/// When a thread looks around next. It sleeps for ever while there is nothing to wait for, and is woken only by who
/// needs it sooner than it would look anyway: in a steady flow of requests that is nobody.
final class Alarm: Sendable {
    private let wakeUp = EventCount()
    private let nextLook = Atomic<Int64>(.max)

    /// Makes sure that the thread looks around at this time at the latest.
    ///
    /// What it is to see must have been stored before this is called, in sequentially consistent order: `run` says that
    /// it sleeps for ever before it looks around, so either it sees that, or this sees that it sleeps.
    func expectLook(by time: Int64) {
        if nextLook.load(ordering: .sequentiallyConsistent) > time { wakeUp.advance() }
    }

    /// Looks around again and again, on the calling thread.
    ///
    /// - Parameter look: does what is due, and says when something is due again; times of the monotonic clock.
    func run(_ look: (_ now: Int64) -> Int64) -> Never {
        while true {
            let seen = wakeUp.value
            nextLook.store(.max, ordering: .sequentiallyConsistent)
            let next = look(KernelClock.monotonic())
            nextLook.store(next, ordering: .sequentiallyConsistent)
            wakeUp.wait(while: seen, until: next == .max ? nil : next)
        }
    }
}
