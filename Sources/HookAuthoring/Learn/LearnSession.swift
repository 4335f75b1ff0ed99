package import HookPolicy
package import HookServer
package import SystemPackage

/// From an audit trail to a policy that grants what was refused: proposals, what is decided about them, and the changed
/// policy, held against the trail before anybody sees it.
package struct LearnSession: Sendable {
    /// One thing to be decided: a rule for a name, or a pattern for several.
    package struct Item: Sendable {
        package let allow: Proposal
        /// For names alone, where it is less.
        package let readOnly: Proposal?
        package let deny: Proposal?
        /// The pattern that the name could be part of: an index in ``patterns``.
        package let pattern: Int?

        package var wish: Wish { allow.wishes[0] }
    }

    package let policy: Policy
    package let wishes: WishList
    /// One for each name, in the order of the trail.
    package let items: [Item]
    /// For several names each, if patterns are wanted at all.
    package let patterns: [Proposal]
    /// What no line of this file is proposed for.
    package let byHand: [HandWork]
    package let reading: AuditLog.Reading

    private let log: AuditLog

    /// Whether patterns may be proposed.
    package enum Patterns: Sendable { case proposed, never }

    /// Reads the trail once.
    ///
    /// - Throws: errnos of `open(2)` and `read(2)`.
    package init(
        _ log: AuditLog, _ policy: Policy, within: [AbsolutePath], _ wanted: Patterns
    ) throws(Errno) {
        var wishes = WishList(for: policy, within: within)
        reading = try log.read { wishes.note($0) }
        var byHand: [HandWork] = []
        var proposals: [Proposal] = []
        for wish in wishes.wishes {
            switch Self.proposal(for: wish, in: policy) {
            case .line(let proposal): proposals.append(proposal)
            case .none(let reason): byHand.append(HandWork(wish: wish, reason: reason))
            }
        }
        patterns =
            wanted == .never
            ? [] : PatternGroups.proposals(for: proposals.map(\.wishes[0]), in: policy)
        var groups: [[UInt8]: Int] = [:]
        for (index, pattern) in patterns.enumerated() {
            for wish in pattern.wishes { groups[wish.name] = index }
        }
        items = proposals.map { proposal in
            let wish = proposal.wishes[0]
            let isMore = wish.access != .readOnly || wish.creates
            return Item(
                allow: proposal, readOnly: isMore ? Proposal(reading: wish, in: policy) : nil,
                deny: Proposal(denying: wish, in: policy), pattern: groups[wish.name])
        }
        self.wishes = wishes
        self.byHand = byHand
        self.policy = policy
        self.log = log
    }

    private enum Answer {
        case line(Proposal)
        case none(HandWork.Reason)
    }

    private static func proposal(for wish: Wish, in policy: Policy) -> Answer {
        if let path = AbsolutePath(wish.name), let objection = SystemName.objection(to: path, wish.access) {
            return .none(.systemName(objection))
        }
        guard let proposal = Proposal(wish, in: policy) else { return .none(.noLine) }
        let suggestion = proposal.suggestion
        return PolicyEdit.canFollow(suggestion) ? .line(proposal) : .none(.otherFile(suggestion))
    }

    // MARK: What is decided

    /// What somebody agreed to.
    package struct Decisions: Sendable {
        package var allowed: [Proposal] = []
        package var denied: [Proposal] = []

        package init() {}

        package var isEmpty: Bool { allowed.isEmpty && denied.isEmpty }
    }

    /// Everything that is proposed: patterns where there are some, names else.
    package var everything: Decisions {
        var decisions = Decisions()
        decisions.allowed = patterns + items.filter { $0.pattern == nil }.map(\.allow)
        return decisions
    }

    /// A changed policy that does what it promises.
    package struct Outcome: Sendable {
        package let text: [UInt8]
        package let policy: Policy
        /// How many requests of the trail it was held against.
        package let replayed: Int
    }

    package enum Failure: Error, Sendable {
        /// The changed text is no policy. That is a fault of this program, or of an include that changed meanwhile.
        case noPolicy([Diagnostic], SourceMap)
        case unreadable(Errno)
        /// It would not do what it promises. Some of the violations, and how many there are.
        case violations([LearnReplay.Violation], count: Int)
    }

    /// Changes the policy's text, and holds the result against the whole trail.
    ///
    /// - Parameter parse: reads the text as the main file, with the includes as they are.
    package func outcome(
        of decisions: Decisions, _ parse: ([UInt8]) -> Result<Policy, PolicyLoader.Failure>
    ) throws(Failure) -> Outcome {
        var edit = PolicyEdit(policy)
        for proposal in decisions.allowed + decisions.denied { edit.follow(proposal.suggestion) }
        let text = edit.result
        let changed: Policy
        do throws(PolicyLoader.Failure) { changed = try parse(text).get() } catch .wrong(let diagnostics, let sources) {
            throw .noPolicy(diagnostics.filter { $0.severity == .error }, sources)
        } catch {
            throw .unreadable(.ioError)
        }
        var replay = LearnReplay(
            from: policy, to: changed, promises: decisions.allowed,
            denied: decisions.denied.flatMap { $0.wishes.map(\.name) })
        do throws(Errno) { _ = try log.read { replay.note($0) } } catch { throw .unreadable(error) }
        guard replay.violationCount == 0 else {
            throw .violations(replay.violations, count: replay.violationCount)
        }
        return Outcome(text: text, policy: changed, replayed: replay.count)
    }
}
