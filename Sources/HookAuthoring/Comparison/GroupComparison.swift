package import HookPolicy

/// What changes for names that two policies decide in the same two ways.
struct GroupComparison {
    private let group: NameComparison.Group
    private let old, new: Policy
    private(set) var changes: [PolicyChange] = []

    init(_ group: NameComparison.Group, _ old: Policy, _ new: Policy) {
        self.group = group
        self.old = old
        self.new = new
        compareAccess()
        compareTerms()
    }

    private mutating func compareAccess() {
        let before = group.old.granted
        let after = group.new.granted
        if !after.isSubset(of: before) { add(.more, Self.words(after, instead: before), in: after.subtracting(before)) }
        if !before.isSubset(of: after) { add(.less, Self.words(after, instead: before), in: before.subtracting(after)) }
    }

    /// What else the rules say, where both grant.
    private mutating func compareTerms() {
        var known: [RuleTermsChange] = []
        for access in Access.allCases {
            guard let before = group.old[access].grantingRule, let after = group.new[access].grantingRule else {
                continue
            }
            for change in RuleTermsComparison(old, before, new, after).changes where !known.contains(change) {
                known.append(change)
                add(change.direction, change.words, in: [access])
            }
        }
    }

    /// - Parameter accesses: those that the change is about; the rules that decide about the widest of them are named.
    private mutating func add(_ direction: PolicyChange.Direction, _ words: String, in accesses: Set<Access>) {
        let order: [Access] = [.readWrite, .readOnly, .writeOnly]
        guard let access = order.first(where: accesses.contains) else { return }
        changes.append(
            PolicyChange(
                direction: direction, words: words,
                subject: .names(
                    samples: group.samples, old: group.old[access].decidingRule,
                    new: group.new[access].decidingRule)))
    }

    private static func words(_ after: Set<Access>, instead before: Set<Access>) -> String {
        before.isEmpty ? after.words : after.isEmpty ? before.words : "\(after.words) (was \(before.words))"
    }
}

extension NameVerdicts {
    /// The accesses that are granted.
    package var granted: Set<Access> { Set(Access.allCases.filter { self[$0].grantingRule != nil }) }
}

extension Verdict {
    /// The rule that the verdict is about; nil if there is none.
    package var decidingRule: Rule.ID? {
        switch self {
        case .granted(let rule), .learning(let rule), .denied(let rule), .insufficient(let rule), .tie(let rule, _):
            rule
        case .unlisted: nil
        }
    }
}

extension Set<Access> {
    /// `rw` stands for all three.
    fileprivate var words: String {
        if contains(.readWrite) { return Access.readWrite.word }
        return Access.allCases.filter(contains).map(\.word).joined(separator: " or ")
    }
}
