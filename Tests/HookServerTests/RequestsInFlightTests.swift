import HookLinux
import Testing

@testable import HookServer

struct RequestsInFlightTests {
    @Test func `a server that ends waits for the last of them`() throws {
        let requests = RequestsInFlight()
        requests.enter()
        requests.enter()
        try Thread.start {
            requests.leave()
            requests.leave()
        }
        // Without a deadline it returns when the thread has left twice, or never.
        requests.waitUntilNone(until: .max)
        requests.waitUntilNone(until: 0)
    }

    @Test func `one that does not end is waited for until the deadline`() {
        let requests = RequestsInFlight()
        requests.enter()
        let deadline = KernelClock.monotonic() + 1_000_000
        requests.waitUntilNone(until: deadline)
        #expect(KernelClock.monotonic() >= deadline)
    }
}
