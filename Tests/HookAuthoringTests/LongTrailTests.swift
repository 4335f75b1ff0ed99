import HookPolicy
import Testing

@testable import HookAuthoring

struct LongTrailTests {
    @Test func `rules are proposed for so many names and no more`() throws {
        let policy = try policy("")
        let trail = try Trail((0..<1500).map { Trail.line(Array("/a/\($0)".utf8), .readOnly, by: policy) })
        let session = try LearnSession(trail.log(), policy, within: [], .never)
        #expect(session.items.count == WishList.mostWishes)
        #expect(session.wishes.excessCount == 500)
    }
}
