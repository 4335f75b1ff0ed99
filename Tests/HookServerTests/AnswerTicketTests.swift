import Glibc
import HookLinux
import Synchronization
import Testing

@testable import HookServer

struct AnswerTicketTests {
    @Test func `a request is claimed once: by its thread, or by the watchdog at its deadline`() {
        let ticket = AnswerTicket()
        ticket.begin(deadline: 100)
        #expect(ticket.isOwed)
        #expect(!ticket.expire(now: 99))
        #expect(ticket.expire(now: 100))
        #expect(!ticket.claim())
        #expect(!ticket.isOwed)
        ticket.begin(deadline: 200)
        #expect(ticket.claim())
        #expect(!ticket.expire(now: 1000))
        #expect(ticket.expiry == nil)
    }

    @Test func `a thread and a watchdog that race for 20,000 requests claim each of them once`() throws {
        let ticket = AnswerTicket()
        let expired = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
        let ended = EventCount()
        try Thread.start {
            while !isOver.load(ordering: .acquiring) {
                if ticket.expire(now: 0) { expired.add(1, ordering: .relaxed) }
            }
            ended.advance()
        }
        let seen = ended.value
        var claimed = 0
        for _ in 0..<20_000 {
            ticket.begin(deadline: 0)
            if ticket.claim() { claimed += 1 }
        }
        // One of which the watchdog alone can have it: it has been at work, whatever the race came to.
        ticket.begin(deadline: 0)
        while ticket.isOwed { sched_yield() }
        isOver.store(true, ordering: .releasing)
        while ended.value == seen { ended.wait(while: seen, until: nil) }
        #expect(expired.load(ordering: .relaxed) >= 1)
        #expect(claimed + expired.load(ordering: .relaxed) == 20_001)
    }
}
