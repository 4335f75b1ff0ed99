internal import HookLinux
internal import Synchronization

/// How many requests of front ends are being answered: a server that ends waits for them, since an answer that was given
/// must have its record. (Connections are waited for themselves.)
final class RequestsInFlight: Sendable {
    private let count = Mutex(0)
    private let changed = EventCount()

    func enter() { count.withLock { $0 += 1 } }

    func leave() {
        if count.withLock({
            $0 -= 1; return $0 == 0
        }) {
            changed.advance()
        }
    }

    /// Waits until there is none, or until a time of the monotonic clock.
    func waitUntilNone(until deadline: Int64) {
        while true {
            let seen = changed.value
            if count.withLock({ $0 == 0 }) || KernelClock.monotonic() >= deadline { return }
            changed.wait(while: seen, until: deadline)
        }
    }
}
