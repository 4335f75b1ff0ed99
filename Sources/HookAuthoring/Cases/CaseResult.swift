package import HookPolicy
package import HookServer
import HookWire

/// What became of a case.
package struct CaseResult: Sendable {
    package enum Failure: Sendable {
        /// Refused though it should be granted: why, and the line that would grant it.
        case refused(Refusal.Story)
        /// Granted though it should be refused, by this rule.
        case granted(Rule.ID)
        /// No rule grants it: a `learn` statement lets it through for the time being. That is neither.
        case learned(Rule.ID)
        /// Refused, but before any rule was asked: no request can have such a name or such flags. Why.
        case impossible(String)
        /// As expected, but another rule decided; nil: none.
        case decidedBy(Rule.ID?)
    }

    package let policyCase: PolicyCase
    /// Nil if all is as expected.
    package let failure: Failure?
}

extension PolicyCase {
    /// Asks the policy as a server would: flags, name, rule.
    package func result(by policy: Policy) -> CaseResult {
        let question = PolicyQuestion(name: name, flags: flags.rawValue, peerLabel: nil)
        let answer = question.answer(by: policy)
        return CaseResult(policyCase: self, failure: failure(answer.outcome, policy))
    }

    private var flags: OpenFlags {
        let access: OpenFlags =
            switch access {
            case .readOnly: .readOnly
            case .writeOnly: .writeOnly
            case .readWrite: .readWrite
            }
        return creates ? access.union(.create) : access
    }

    private func failure(_ outcome: PolicyQuestion.Outcome, _ policy: Policy) -> CaseResult.Failure? {
        switch (outcome, expectation) {
        case (.granted(.learning, let rule), _): return .learned(rule)
        case (.granted(_, let rule), .allow): return wrongLine(rule, policy)
        case (.granted(_, let rule), .deny): return .granted(rule)
        case (.refused(_, let story), .allow): return .refused(story)
        case (.refused(let refusal, let story), .deny):
            // Such a case would hold whatever the rules say.
            return refusal.precedesRules ? .impossible(story.reason) : wrongLine(story.rule, policy)
        // No label was part of the question.
        case (.disconnected, _): return nil
        }
    }

    private func wrongLine(_ rule: Rule.ID?, _ policy: Policy) -> CaseResult.Failure? {
        guard let line else { return nil }
        guard let rule, line.holds(for: policy.rules[rule].span, in: policy.sources) else { return .decidedBy(rule) }
        return nil
    }
}
