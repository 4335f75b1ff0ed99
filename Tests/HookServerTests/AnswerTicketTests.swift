import Glibc
import HookLinux
import Synchronization
import Testing

@testable import HookServer

struct AnswerTicketTests {
    @Test func `a request is claimed once: by its thread, or by the watchdog at its deadline`() {
        let ticket = AnswerTicket<Int>()
        ticket.begin(1, deadline: 100)
        #expect(ticket.isOwed)
        #expect(ticket.expire(now: 99) == nil)
        #expect(ticket.expire(now: 100) == 1)
        #expect(!ticket.claim())
        #expect(!ticket.isOwed)
    }

    @Test func `a request that its thread has claimed expires no more, and another one can be begun`() {
        let ticket = AnswerTicket<Int>()
        for number in 1...2 {
            ticket.begin(number, deadline: 100)
            #expect(ticket.expiry == 100)
            #expect(ticket.claim())
            #expect(!ticket.claim())
            #expect(ticket.expire(now: 1000) == nil)
            #expect(ticket.expiry == nil)
            ticket.end()
        }
    }

    @Test func `what is owed, or has expired, is not begun over`() async {
        await #expect(processExitsWith: .failure) {
            let ticket = AnswerTicket<Int>()
            ticket.begin(1, deadline: 100)
            ticket.begin(2, deadline: 100)
        }
        await #expect(processExitsWith: .failure) {
            let ticket = AnswerTicket<Int>()
            ticket.begin(1, deadline: 100)
            _ = ticket.expire(now: 100)
            ticket.begin(2, deadline: 100)
        }
    }

    @Test func `a request is let go of when its thread has answered it`() {
        final class Token: Sendable {}
        let ticket = AnswerTicket<Token>()
        weak var token: Token?
        do {
            let request = Token()
            token = request
            ticket.begin(request, deadline: 100)
        }
        ticket.end()
        #expect(token != nil)
        #expect(ticket.claim())
        ticket.end()
        #expect(token == nil)
    }

    @Test func `a thread and a watchdog that race for 20,000 requests get each of them once, whole`() throws {
        let current = Mutex(AnswerTicket<[Int]>())
        let expired = Mutex<[Int]>([])
        let isOver = Atomic<Bool>(false)
        let ended = EventCount()
        let seen = ended.value
        try Thread.start {
            while !isOver.load(ordering: .acquiring) {
                if let request = current.withLock({ $0 }).expire(now: 0) { expired.withLock { $0 += request } }
            }
            ended.advance()
        }
        var claimed: [Int] = []
        var ticket = current.withLock { $0 }
        for number in 0..<20_000 {
            ticket.begin([number], deadline: 0)
            if ticket.claim() {
                claimed.append(number)
                ticket.end()
            } else {
                // As a thread does that comes too late: it never works again.
                ticket = AnswerTicket()
                current.withLock { [ticket] in $0 = ticket }
            }
        }
        // One of which the watchdog alone can have it: it has been at work, whatever the race came to.
        ticket.begin([20_000], deadline: 0)
        while ticket.isOwed { sched_yield() }
        isOver.store(true, ordering: .releasing)
        while ended.value == seen { ended.wait(while: seen, until: nil) }
        let late = expired.withLock { $0 }
        #expect(late.last == 20_000)
        #expect((claimed + late).sorted() == Array(0...20_000))
    }
}
