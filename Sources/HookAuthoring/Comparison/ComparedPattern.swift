import HookPolicy

/// The policy that is compared, or the one that it is compared with.
enum ComparedSide: UInt8, Hashable, CaseIterable {
    case old, new
}

/// What a decision wants to know of a pattern.
struct ComparedPattern {
    /// Which of two policies it belongs to.
    let side: ComparedSide
    let rule: Rule.ID
    let verb: Rule.Verb
    let access: Access
    let isExact: Bool
    let beginningCount: Int
    let literalCount: Int
    /// The place beneath what a `deny` matches; all alternatives of one have the same.
    let beneath: Int

    init(_ pattern: Pattern, of id: Rule.ID, _ rule: Rule, _ side: ComparedSide, beneath: Int) {
        self.side = side
        self.beneath = beneath
        self.rule = id
        verb = rule.verb
        access = rule.access
        isExact = pattern.isExact
        beginningCount = pattern.beginning.count
        literalCount = pattern.literalCount
    }
}
