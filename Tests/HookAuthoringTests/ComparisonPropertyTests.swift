import HookPolicy
import SystemPackage
import PolicyTestSupport
import Testing

@testable import HookAuthoring

/// The exact comparison of two policies against trying names one by one.
struct ComparisonPropertyTests {
    /// Two random policies that have most rules in common, as two versions of a policy do, or none.
    private struct Pair {
        let seed: UInt64
        let old, new: RandomPolicy
        let names: [[UInt8]]

        init(seed: UInt64) {
            var random = SeededGenerator(seed: seed)
            self.seed = seed
            let first = RandomPolicy(using: &random)
            let second = RandomPolicy(using: &random)
            old = first
            new = second
            names =
                Self.universe
                + (0..<3).flatMap { _ in [first.nearName(using: &random), second.nearName(using: &random)] }
        }

        /// All clean names of up to four bytes over two letters.
        static let universe: [[UInt8]] = {
            var all: [[UInt8]] = [[]]
            var names: [[UInt8]] = []
            for _ in 0..<4 {
                all = all.flatMap { name in Array("ab/".utf8).map { name + [$0] } }
                names += all.filter { AbsolutePath($0) != nil && $0.count > 1 }
            }
            return names
        }()
    }

    @Test(arguments: Array(UInt64(0)..<10))
    func `the comparison of two policies is what trying names says`(part: UInt64) throws {
        var differing = 0
        for number in UInt64(0)..<1000 {
            let pair = Pair(seed: part << 32 | number)
            let old = try #require(parse(pair.old.text))
            let new = try #require(parse(pair.new.text))
            guard let comparison = try? NameComparison(old, new) else {
                Issue.record("seed \(pair.seed): complex\n\(pair.old.text)\n\(pair.new.text)"); continue
            }
            let groups = Set(comparison.groups.map { [$0.old, $0.new] })
            for name in pair.names where name.count > 1 {
                let verdicts = [verdicts(old, name), verdicts(new, name)]
                guard verdicts.contains(where: { !$0.granted.isEmpty }) else { continue }
                if !groups.contains(verdicts) {
                    Issue.record("seed \(pair.seed): \(text(name)) is not found\n\(pair.old.text)\n\(pair.new.text)")
                    return
                }
            }
            for group in comparison.groups {
                for name in group.samples
                where verdicts(old, name) != group.old || verdicts(new, name) != group.new {
                    Issue.record("seed \(pair.seed): \(text(name)) is no sample\n\(pair.old.text)\n\(pair.new.text)")
                    return
                }
            }
            differing += comparison.groups.contains { $0.old.granted != $0.new.granted } ? 1 : 0
        }
        #expect(differing > 200)
    }

    private func verdicts(_ policy: Policy, _ name: [UInt8]) -> NameVerdicts {
        NameVerdicts { policy.decide(name.span, $0) }
    }

    private func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }

    private func parse(_ text: String) -> Policy? {
        PolicyParser.parse(main: SourceFile(name: Array("vm.policy".utf8), bytes: Array(text.utf8))) { _ in
            .unreadable(.noSuchFileOrDirectory)
        }.policy
    }
}
