package import HookPolicy

/// A line that would grant what an audit trail asked for, and the wishes it fulfils.
package struct Proposal: Sendable {
    /// One, or those that a pattern would grant together.
    package let wishes: [Wish]
    package let access: Access
    package let creates: Bool
    package let suggestion: Suggestion
    /// Nil for a rule with one name.
    package let pattern: NamePattern?
}

extension Proposal {
    /// The narrowest rule for one wish; nil if no added line would do.
    package init?(_ wish: Wish, in policy: Policy) {
        self.init(wish, access: wish.access, creates: wish.creates, in: policy)
    }

    /// The same for reading alone; nil if nobody asked to read.
    package init?(reading wish: Wish, in policy: Policy) {
        guard wish.access != .writeOnly else { return nil }
        self.init(wish, access: .readOnly, creates: false, in: policy)
    }

    private init?(_ wish: Wish, access: Access, creates: Bool, in policy: Policy) {
        let verdict = policy.decide(wish.name.span, access)
        let explanation = policy.explain(verdict, name: wish.name, access: access, creating: creates)
        guard let suggestion = explanation.suggestion else { return nil }
        self.init(wishes: [wish], access: access, creates: creates, suggestion: suggestion, pattern: nil)
    }

    /// A `deny` for what of a wish nothing grants.
    package init?(denying wish: Wish, in policy: Policy) {
        // What is granted already must stay so: of `rw` where `ro` is granted only writing is denied.
        let isGranted = { (access: Access) in
            if case .granted = policy.decide(wish.name.span, access) { true } else { false }
        }
        let access: Access =
            wish.access == .readWrite && isGranted(.readOnly)
            ? .writeOnly : wish.access == .readWrite && isGranted(.writeOnly) ? .readOnly : wish.access
        guard !isGranted(access), let suggestion = policy.statement(denying: access, wish.name) else { return nil }
        self.init(wishes: [wish], access: access, creates: false, suggestion: suggestion, pattern: nil)
    }
}
