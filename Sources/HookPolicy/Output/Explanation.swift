/// Why a policy says what it says to a request, and what to write if it should say something else.
package struct Explanation: Sendable {
    /// One line that names the rule as `file:line`, or says that there is none.
    package let reason: String
    /// The line that would grant the request and nothing more; nil if the request is granted, or no added line would
    /// do.
    package let suggestion: Suggestion?
}

extension Policy {
    /// Explains a verdict of ``decide(_:_:)``.
    ///
    /// - Parameter creating: whether the request has `O_CREAT` and the name is missing.
    package func explain(_ verdict: Verdict, name: [UInt8], access: Access, creating: Bool) -> Explanation {
        let asked = access.word
        switch verdict {
        case .granted(let rule):
            guard creating, rules[rule].creation == nil else {
                return Explanation(reason: "\(describe(rule)) grants \(rules[rule].access.word)", suggestion: nil)
            }
            let reason = "\(describe(rule)) grants \(rules[rule].access.word), but does not create: it has no `create`"
            return Explanation(reason: reason, suggestion: extending(rule, to: name, access, .creating))
        case .denied(let rule):
            return Explanation(reason: "\(describe(rule)) denies \(rules[rule].access.word)", suggestion: nil)
        case .insufficient(let rule):
            let reason = "\(describe(rule)) grants \(rules[rule].access.word), \(asked) was asked"
            return Explanation(reason: reason, suggestion: extending(rule, to: name, access, Purpose(creating)))
        case .tie(let first, let second):
            let reason = "\(describe(first)) and \(describe(second)) tie: neither is more specific than the other"
            return Explanation(reason: reason, suggestion: untying(first, second, name, access, Purpose(creating)))
        case .unlisted:
            let suggestion = statement(name, access, Purpose(creating), in: declaredRoot(of: name))
            return Explanation(reason: "no rule grants anything on \(escaped(name))", suggestion: suggestion)
        case .learning(let rule):
            return explainLearning(rule, name, access, Purpose(creating))
        }
    }

    /// What would be said without the `learn` rule, and that it lets the request through.
    private func explainLearning(
        _ rule: Rule.ID, _ name: [UInt8], _ access: Access, _ purpose: Purpose
    ) -> Explanation {
        let strict = explain(
            grant(of: name.span, access), name: name, access: access, creating: purpose == .creating)
        let creates = purpose == .opening || rules[rule].creation != nil
        let end = creates ? "lets it through" : "would let it be opened, but not created"
        return Explanation(
            reason: "\(strict.reason); \(describe(rule)) (learn) \(end)", suggestion: strict.suggestion)
    }
}

/// What a request is for.
enum Purpose {
    case opening, creating

    init(_ creating: Bool) {
        self = creating ? .creating : .opening
    }
}
