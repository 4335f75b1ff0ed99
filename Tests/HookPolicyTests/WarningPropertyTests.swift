import HookPolicy
import PolicyTestSupport
import Testing

/// What warnings claim, checked against the decisions of random policies.
struct WarningPropertyTests {
    private typealias Sample = DecisionPropertyTests.Sample

    private func lines(_ result: ParseResult, _ part: String) -> [Int] {
        result.diagnostics.filter { $0.severity == .warning && $0.message.contains(part) }.map(\.span.line)
    }

    @Test func `a rule that changes nothing changes nothing`() {
        var count = 0
        for seed in UInt64(0)..<500 {
            let sample = Sample(seed: 21 << 40 | seed, requests: 10)
            let result = parse(sample.policy.text)
            guard let policy = result.policy else { return sample.fail("does not parse") }
            for line in lines(result, "changes nothing") {
                var text = sample.policy.text.split(separator: "\n", omittingEmptySubsequences: false)
                text.remove(at: line - 1)
                guard let without = parse(text.joined(separator: "\n")).policy else {
                    return sample.fail("line \(line)")
                }
                count += 1
                for (name, access) in sample.requests
                where policy.grants(name, access) != without.grants(name, access) {
                    return sample.fail("\(String(decoding: name, as: UTF8.self)) depends on line \(line)")
                }
            }
        }
        #expect(count > 20)
    }

    @Test func `a rule that a denial hides never decides`() {
        var count = 0
        for seed in UInt64(0)..<500 {
            let sample = Sample(seed: 22 << 40 | seed, requests: 20)
            let result = parse(sample.policy.text)
            guard let policy = result.policy else { return sample.fail("does not parse") }
            let hidden = Set(lines(result, "hides this rule"))
            count += hidden.count
            for (name, access) in sample.requests {
                guard case .granted(let rule) = policy.decide(name.span, access) else { continue }
                guard !hidden.contains(policy.rules[rule].span.line) else {
                    return sample.fail("\(String(decoding: name, as: UTF8.self)) is granted by a hidden rule")
                }
            }
        }
        #expect(count > 50)
    }

    @Test func `every tie has been warned of`() {
        var count = 0
        for seed in UInt64(0)..<1000 {
            let sample = Sample(seed: 23 << 40 | seed, requests: 20)
            let result = parse(sample.policy.text)
            guard let policy = result.policy else { return sample.fail("does not parse") }
            let warned = Set(lines(result, "can tie"))
            for (name, access) in sample.requests {
                guard case .tie(_, let rule) = policy.decide(name.span, access) else { continue }
                count += 1
                guard warned.contains(policy.rules[rule].span.line) else {
                    return sample.fail("\(String(decoding: name, as: UTF8.self)) ties without a warning")
                }
            }
        }
        #expect(count > 50)
    }
}

extension Policy {
    /// Whether the `allow` and `deny` rules grant it, whatever is learnt.
    fileprivate func grants(_ name: [UInt8], _ access: Access) -> Bool {
        if case .granted = decide(name.span, access) { true } else { false }
    }
}
