import HookPolicy
import Testing

@testable import HookServer

struct TokenBucketTests {
    @Test func `a burst is served at once, what comes after it waits its turn, and a rest fills the bucket`() {
        let bucket = TokenBucket()
        let rate = Rate.limited(perSecond: 10, burst: 3)
        let start: Int64 = 1_000_000_000_000
        let waits = (0..<5).map { _ in bucket.take(now: start, rate) }
        #expect(waits == [0, 0, 0, 100_000_000, 200_000_000])
        #expect(bucket.take(now: start + 10_000_000_000, rate) == 0)
    }

    @Test func `without a rate nothing waits`() {
        let bucket = TokenBucket()
        #expect((0..<10_000).allSatisfy { _ in bucket.take(now: 5, .unlimited) == 0 })
    }

    @Test(arguments: [(1, Int.max), (Int.max, Int.max), (1, 1), (Int.max, 1)])
    func `the largest numbers of the language do not overflow`(_ perSecond: Int, _ burst: Int) {
        let bucket = TokenBucket()
        for _ in 0..<100 { #expect(bucket.take(now: .max / 8, .limited(perSecond: perSecond, burst: burst)) >= 0) }
    }
}
