/// Looks for what is allowed to stand in a policy, but is hardly meant.
///
/// Rules are compared with those alone that the index finds for them, and only so far as an amount of work lasts: it
/// is enough for any policy that a person keeps, and a file of rules that all resemble each other ends with fewer
/// warnings instead of taking its square in time.
struct PolicyReview {
    private let policy: Policy
    private var work = 20_000_000
    private(set) var diagnostics: [Diagnostic] = []

    init(of policy: Policy) {
        self.policy = policy
        for own in policy.own where own.kind != .readOnly { reviewSharedDirectories(own) }
        for (id, rule) in policy.rules.enumerated() where rule.verb == .allow {
            reviewSystemDirectories(rule)
            reviewDenials(id, rule)
            reviewOtherRules(id, rule)
        }
    }

    private var table: PatternTable { policy.storage.patterns }

    private mutating func warn(_ rule: Rule, _ message: String, seeing others: [Rule.ID] = []) {
        let notes = others.map { Diagnostic.Note("it is here", at: policy.rules[$0].span) }
        diagnostics.append(Diagnostic(.warning, at: rule.span, message, notes: notes))
    }

    // MARK: System directories

    private static let systemDirectories = Set(
        ["/", "/etc", "/proc", "/sys", "/dev", "/root", "/home"].compactMap { AbsolutePath($0) })

    private mutating func reviewSystemDirectories(_ rule: Rule) {
        for number in rule.patterns where !table.records[number].isExact {
            let directory = table.pattern(number).literalDirectory
            guard PolicyReview.systemDirectories.contains(directory) else { continue }
            warn(rule, "a pattern over the system directory `\(escaped(directory.bytes))`")
            return
        }
    }

    private mutating func reviewSharedDirectories(_ own: OwnStatement) {
        for path in own.paths where SharedDirectory.includes(path.path) {
            let message =
                "`\(escaped(path.path.bytes))` is not this VM's alone: QEMU could reach what others have there; name a "
                + "directory of its own"
            diagnostics.append(Diagnostic(.warning, at: path.span, message))
        }
    }

    // MARK: Denials

    /// A rule all of whose names a `deny` refuses for all that it grants.
    private mutating func reviewDenials(_ id: Rule.ID, _ rule: Rule) {
        var hiding: Rule.ID?
        for number in rule.patterns {
            let found = candidates(number, in: policy.decisions.deny, reach: .nameOrDirectory).first { other in
                table.records[other].access.covers(rule.access) && covers(other, number, reach: .nameOrDirectory)
            }
            guard let found else { return }
            hiding = hiding ?? table.records[found].ruleID
        }
        guard let hiding else { return }
        warn(rule, "a `deny` hides this rule", seeing: [hiding])
    }

    // MARK: Other rules

    /// A rule that ties with another one, or that changes nothing because others say the same.
    private mutating func reviewOtherRules(_ id: Rule.ID, _ rule: Rule) {
        var covering: [Rule.ID?] = []
        for number in rule.patterns {
            let others = candidates(number, in: policy.decisions.allow, reach: .wholeName)
                .filter { table.records[$0].ruleID != id }
            reviewTies(number, id, others)
            covering.append(successor(of: number, among: others))
        }
        guard let first = covering.first, let other = first, covering.allSatisfy({ $0 != nil }) else { return }
        warn(rule, "this rule changes nothing: another one covers it", seeing: [other])
    }

    /// Warns of equally specific rules that stand before this one, and match a name that it matches too.
    private mutating func reviewTies(_ number: Int, _ id: Rule.ID, _ others: [Int]) {
        for other in others where table.records[other].ruleID < id && order(number, other) == .same {
            guard overlaps(number, other) == true else { continue }
            warn(
                policy.rules[id], "this rule can tie with another one: what both match is refused",
                seeing: [table.records[other].ruleID])
            return
        }
    }

    /// The rule that would decide in this one's place, if it is always the same one and says the same.
    private mutating func successor(of number: Int, among others: [Int]) -> Rule.ID? {
        let weaker = others.filter { order(number, $0) != .lessSpecific }.sorted { order($0, $1) == .moreSpecific }
        for (index, other) in weaker.enumerated() {
            guard overlaps(number, other) != false else { continue }
            let isAlone = weaker.dropFirst(index + 1).first.map { order(other, $0) != .same } ?? true
            let (rule, heir) = (table.records[number].ruleID, table.records[other].ruleID)
            guard isAlone, order(number, other) == .moreSpecific, covers(other, number, reach: .wholeName),
                saysTheSame(rule, heir)
            else { return nil }
            return heir
        }
        return nil
    }

    private func saysTheSame(_ left: Rule.ID, _ right: Rule.ID) -> Bool {
        let (first, second) = (policy.rules[left], policy.rules[right])
        let (its, others) = (policy.roots[first.root], policy.roots[second.root])
        return first.access == second.access && first.creation == second.creation && first.kinds == second.kinds
            && first.deletion == second.deletion && first.hardLinks == second.hardLinks
            && first.symlinks == second.symlinks
            && (first.root == second.root || first.symlinks == .none && its.fileSystems == others.fileSystems)
            && (first.label ?? its.label) == (second.label ?? others.label) && its.identity == others.identity
    }

    // MARK: Patterns

    private enum Specificity {
        case moreSpecific, same, lessSpecific
    }

    /// How specific a pattern is, compared with another one that matches a name too.
    private func order(_ left: Int, _ right: Int) -> Specificity {
        let (first, second) = (table.records[left], table.records[right])
        guard first.isExact == second.isExact else { return first.isExact ? .moreSpecific : .lessSpecific }
        let its = (first.beginningCount, UInt32(first.literalCount))
        let others = (second.beginningCount, UInt32(second.literalCount))
        if its == others { return .same }
        return its > others ? .moreSpecific : .lessSpecific
    }

    private mutating func candidates(_ number: Int, in index: RuleIndex, reach: MatchReach) -> [Int] {
        guard !index.isEmpty else { return [] }
        let beginning = table.bytes[table.records[number].beginning]
        guard spend(beginning.count + index.candidateCount(for: Array(beginning).span, in: table)) else { return [] }
        return index.candidates(for: Array(beginning), reach: reach, in: table)
    }

    /// Whether one pattern, of a shorter beginning, matches all that another one matches; false if it is too much work
    /// to tell.
    private mutating func covers(_ one: Int, _ other: Int, reach: MatchReach) -> Bool {
        guard spend(cost(one, other)) else { return false }
        if table.records[other].isExact { return matches(one, nameOf: other, reach: reach) }
        return table.pattern(one).covers(table.pattern(other), reach: reach)
    }

    /// Whether two patterns have a name in common; nil if it is too much work to tell.
    private mutating func overlaps(_ one: Int, _ other: Int) -> Bool? {
        guard spend(cost(one, other)) else { return nil }
        if table.records[other].isExact { return matches(one, nameOf: other, reach: .wholeName) }
        if table.records[one].isExact { return matches(other, nameOf: one, reach: .wholeName) }
        return table.pattern(one).overlaps(table.pattern(other))
    }

    private func matches(_ one: Int, nameOf exact: Int, reach: MatchReach) -> Bool {
        let name = Array(table.bytes[table.records[exact].beginning])
        return table.matches(one, name.span, reach: reach)
    }

    /// About how many steps it takes to compare two patterns.
    private func cost(_ one: Int, _ other: Int) -> Int {
        let (first, second) = (table.records[one], table.records[other])
        let difference = abs(first.beginning.count - second.beginning.count)
        return (first.operations.count + 1) * (second.operations.count + 1 + difference) + first.beginning.count
    }

    private mutating func spend(_ amount: Int) -> Bool {
        work -= amount
        return work > 0
    }
}
