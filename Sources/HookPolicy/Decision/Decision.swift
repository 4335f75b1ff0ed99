/// The rules of a policy by verb.
final class DecisionIndex: Sendable {
    let allow: RuleIndex
    let deny: RuleIndex
    let learn: RuleIndex

    init(patterns: PatternTable) {
        let point = PrefixHash.secretPoint()
        allow = RuleIndex(of: .allow, in: patterns, point: point)
        deny = RuleIndex(of: .deny, in: patterns, point: point)
        learn = RuleIndex(of: .learn, in: patterns, point: point)
    }
}

extension Policy {
    /// Whether a name may be opened for an access, and which rule says so.
    ///
    /// A `deny` that is about the name comes first; then the most specific `allow` decides, whatever it grants; then
    /// `learn` lets through what no rule grants. The name is absolute and clean; bytes that are neither match what
    /// they match. Nothing is allocated, and the cost does not grow with the number of rules: only patterns that have
    /// the same literal beginning are tried one after the other, each at a cost of at most its length times the
    /// name's.
    package func decide(_ name: borrowing Span<UInt8>, _ access: Access) -> Verdict {
        if let rule = denial(of: name, access) { return .denied(by: rule) }
        let verdict = grant(of: name, access)
        guard verdict.isForWantOfRule, !decisions.learn.isEmpty else { return verdict }
        switch decisions.learn.mostSpecific(for: name, covering: access, in: storage.patterns) {
        case .one(let rule), .tie(let rule, _): return .learning(rule)
        case .none: return verdict
        }
    }

    /// The `learn create` that lets a missing file be made where the deciding rule has no `create`; nil if there is none
    /// in the same root.
    package func learnedCreation(
        insteadOf rule: Rule.ID, _ name: borrowing Span<UInt8>, _ access: Access
    ) -> Rule.ID? {
        guard !decisions.learn.isEmpty else { return nil }
        switch decisions.learn.mostSpecific(for: name, covering: access, in: storage.patterns) {
        case .one(let learning), .tie(let learning, _):
            return rules[learning].creation != nil && rules[learning].root == rules[rule].root ? learning : nil
        case .none: return nil
        }
    }

    /// The `deny` that refuses an access to a name: the one that stands first, or none. Nothing is allocated.
    package func denial(of name: borrowing Span<UInt8>, _ access: Access) -> Rule.ID? {
        guard !decisions.deny.isEmpty else { return nil }
        return decisions.deny.firstDenying(name, access, in: storage.patterns)
    }

    /// What the `allow` rules alone say.
    func grant(of name: borrowing Span<UInt8>, _ access: Access) -> Verdict {
        switch decisions.allow.mostSpecific(for: name, in: storage.patterns) {
        case .none: .unlisted
        case .one(let rule): rules[rule].access.covers(access) ? .granted(rule) : .insufficient(rule)
        case .tie(let first, let second): .tie(first, second)
        }
    }

    /// How many patterns with wildcards a decision about a name compares it with at most.
    ///
    /// It follows from the structure that ``decide(_:_:)`` walks, and is there to be tested.
    package func candidateCount(for name: borrowing Span<UInt8>) -> Int {
        decisions.allow.candidateCount(for: name, in: storage.patterns)
            + decisions.deny.candidateCount(for: name, in: storage.patterns)
            + decisions.learn.candidateCount(for: name, in: storage.patterns)
    }
}

extension Verdict {
    /// Whether it refuses because no rule grants, which is what `learn` is about.
    fileprivate var isForWantOfRule: Bool {
        switch self {
        case .unlisted, .insufficient: true
        case .granted, .denied, .tie, .learning: false
        }
    }
}
