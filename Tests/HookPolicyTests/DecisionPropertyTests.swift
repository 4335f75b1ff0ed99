import HookPolicy
import PolicyTestSupport
import Testing

/// Random policies and requests, decided by the index and by the reference model.
struct DecisionPropertyTests {
    /// One random policy with requests for it.
    struct Sample {
        let seed: UInt64
        let policy: RandomPolicy
        let requests: [(name: [UInt8], access: Access)]

        init(seed: UInt64, requests count: Int) {
            var random = SeededGenerator(seed: seed)
            self.seed = seed
            let policy = RandomPolicy(using: &random)
            requests = (0..<count).map { _ in
                let isNear = random.chance(60)
                let name = isNear ? policy.nearName(using: &random) : RandomPolicy.name(using: &random)
                return (name, random.pick(Access.allCases))
            }
            self.policy = policy
        }

        func fail(_ what: String, sourceLocation: SourceLocation = #_sourceLocation) {
            Issue.record("seed \(seed): \(what)\n\(policy.text)", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: [UInt64(0), 1, 2, 3])
    func `the index decides as the reference model does`(part: UInt64) throws {
        var kinds: [String: Int] = [:]
        for number in UInt64(0)..<420 {
            let sample = Sample(seed: part << 32 | number, requests: 60)
            let result = parse(sample.policy.text)
            guard let policy = result.policy else { return sample.fail(result.rendered.joined(separator: "\n")) }
            for (name, access) in sample.requests {
                let verdict = policy.decide(name.span, access)
                let expected = Reference.decide(sample.policy.rules, name, access)
                guard verdict == expected else {
                    let shown = String(decoding: name, as: UTF8.self)
                    return sample.fail("\(shown) \(access.word): \(verdict), expected \(expected)")
                }
                kinds[String("\(verdict)".prefix { $0 != "(" }), default: 0] += 1
            }
        }
        // The sample says something only if every verdict happens often.
        #expect(kinds.keys.sorted() == ["denied", "granted", "insufficient", "learning", "tie", "unlisted"])
        #expect(kinds.values.allSatisfy { $0 > 50 }, "\(kinds)")
    }

    @Test func `denials hold below the directories that roots really are`() throws {
        var hits = 0
        for seed in UInt64(0)..<400 {
            let sample = Sample(seed: 7 << 40 | seed, requests: 20)
            guard let policy = parse(sample.policy.text).policy else { return sample.fail("does not parse") }
            let real = policy.roots.indices.map { $0 % 3 == 2 ? nil : Array("/r\($0 % 3)/a".utf8) }
            let moved = zip(sample.policy.rules, policy.rules).map { rule, parsed in
                let directory = policy.roots[parsed.root].directory.bytes
                return rule.moved(from: directory, to: real[parsed.root] ?? directory)
            }
            let index = policy.denyIndex(realDirectories: real)
            for (name, access) in sample.requests {
                for prefix in ["", "/r0/a", "/r1/a"] {
                    let name = Array(prefix.utf8) + name
                    let rule = index.rule(denying: name.span, access)
                    let expected = Reference.denial(moved, name, access)
                    hits += rule == nil ? 0 : 1
                    guard rule == expected else {
                        let shown = String(decoding: name, as: UTF8.self)
                        return sample.fail(
                            "\(shown): denied by \(String(describing: rule)), not \(String(describing: expected))")
                    }
                }
            }
        }
        #expect(hits > 1000)
    }

    @Test func `a printed policy prints the same and decides the same`() throws {
        for seed in UInt64(0)..<400 {
            let sample = Sample(seed: 9 << 40 | seed, requests: 20)
            guard let policy = parse(sample.policy.text).policy else { return sample.fail("does not parse") }
            let text = PolicyPrinter.print(policy)
            let second = parse(text)
            guard let again = second.policy else {
                return sample.fail(second.rendered.joined(separator: "\n") + String(decoding: text, as: UTF8.self))
            }
            guard PolicyPrinter.print(again) == text else { return sample.fail("prints otherwise the second time") }
            for (name, access) in sample.requests
            where policy.decide(name.span, access) != again.decide(name.span, access) {
                return sample.fail("decides otherwise after printing")
            }
        }
    }

    @Test func `the suggested line grants what was asked and nothing else`() throws {
        var applied = 0
        for seed in UInt64(0)..<150 {
            let sample = Sample(seed: 11 << 40 | seed, requests: 12)
            guard let policy = parse(sample.policy.text).policy else { return sample.fail("does not parse") }
            for (index, (name, access)) in sample.requests.enumerated() {
                let creating = index.isMultiple(of: 2)
                let verdict = policy.decide(name.span, access)
                let explanation = policy.explain(verdict, name: name, access: access, creating: creating)
                guard let suggestion = explanation.suggestion else { continue }
                let text = suggestion.applied(to: sample.policy.text)
                let second = parse(text)
                guard let changed = second.policy else {
                    return sample.fail(second.rendered.joined(separator: "\n") + text)
                }
                applied += 1
                guard case .granted(let rule) = changed.decide(name.span, access),
                    !creating || changed.rules[rule].creation != nil
                else {
                    return sample.fail("\(String(decoding: name, as: UTF8.self)) is not granted by:\n\(text)")
                }
                for (other, _) in sample.requests where other != name {
                    for access in Access.allCases
                    where policy.decide(other.span, access).isGrant != changed.decide(other.span, access).isGrant {
                        return sample.fail(
                            "\(String(decoding: other, as: UTF8.self)) is decided otherwise by:\n\(text)")
                    }
                }
            }
        }
        #expect(applied > 500)
    }
}

extension Verdict {
    fileprivate var isGrant: Bool {
        switch self {
        case .granted, .learning: true
        default: false
        }
    }
}

extension Reference.Rule {
    fileprivate func moved(from directory: [UInt8], to real: [UInt8]) -> Reference.Rule {
        var moved = self
        moved.alternatives = alternatives.map { tokens in
            let isRoot = directory == [Reference.slash]
            return real.map { .byte($0) }
                + (isRoot ? [.byte(Reference.slash)] + tokens.dropFirst() : Array(tokens.dropFirst(directory.count)))
        }
        if real == directory { moved.alternatives = alternatives }
        return moved
    }
}

extension Suggestion {
    /// A policy of one file with the suggestion followed.
    func applied(to text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf8) }
        switch place {
        case .after(_, let line): lines.insert(self.line, at: line)
        case .replacing(let span):
            let start = span.column - 1
            lines[span.line - 1].replaceSubrange(start..<start + span.length, with: line)
        }
        return String(decoding: Array(lines.joined(separator: [UInt8(ascii: "\n")])), as: UTF8.self)
    }
}
