import HookPolicy
import Testing

/// What a decision costs does not depend on how many rules there are.
struct ScaleTests {
    private static let ruleCount = 100_000

    /// A third of the rules are names, a third patterns, a third denials, each with a beginning of its own.
    private func largePolicy() throws -> Policy {
        var text = "openhook 1\nvm web01\n"
        for number in 0..<ScaleTests.ruleCount {
            switch number % 3 {
            case 0: text += "allow rw /i/\(number).raw\n"
            case 1: text += "allow rw /i/\(number)-*\n"
            default: text += "deny rw /i/\(number)d?\n"
            }
        }
        return try #require(parse(text).policy)
    }

    @Test func `a hundred thousand rules are compared as ten are`() throws {
        let policy = try largePolicy()
        #expect(policy.rules.count == ScaleTests.ruleCount)
        #expect(policy.decide("/i/99999.raw", .readWrite) == .granted(99999))
        #expect(policy.decide("/i/99997-a", .readWrite) == .granted(99997))
        #expect(policy.decide("/i/99998dx/y", .readWrite) == .denied(by: 99998))
        #expect(policy.decide("/i/99998", .readWrite) == .unlisted)
        for name in ["/i/99999.raw", "/i/99997-a", "/i/99998dx/y", "/i/1", "/i/", "/other"] {
            #expect(policy.candidateCount(for: bytes(name).span) <= 1, "\(name)")
        }
    }
}
