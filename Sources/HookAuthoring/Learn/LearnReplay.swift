package import HookPolicy
import HookWire

/// Holds a changed policy against the whole audit trail: the second reading.
///
/// What was granted must still be granted, what was promised must now be granted, and nothing else that was refused.
package struct LearnReplay: Sendable {
    /// What a changed policy does that it must not.
    package struct Violation: Sendable {
        package enum Kind: Sendable {
            /// It was granted, and no longer is.
            case lost
            /// It was promised, and is not granted.
            case notGranted
            /// It is granted, and nobody agreed to that.
            case unasked
        }

        package let kind: Kind
        package let name: [UInt8]
        package let access: Access
        package let creates: Bool
        /// The line of the trail.
        package let line: Int
    }

    package private(set) var violations: [Violation] = []
    package private(set) var violationCount = 0
    /// How many requests were held against it.
    package private(set) var count = 0

    private let old, new: Policy
    private let promised: [[UInt8]: Promise]
    private let denied: Set<[UInt8]>
    private var known: [Key: Bool] = [:]

    private struct Promise {
        var access: Access
        var creates: Bool
    }

    private struct Key: Hashable {
        let name: [UInt8]
        let flags: UInt32
        let wasGranted: Bool
    }

    private static let mostViolations = 10
    /// Answers that are remembered: a trail repeats itself, and memory must not grow with it.
    private static let mostKnown = 4096

    /// - Parameters:
    ///   - promises: what has been agreed to.
    ///   - denied: names whose being denied has been agreed to.
    package init(from old: Policy, to new: Policy, promises: [Proposal], denied: [[UInt8]]) {
        self.old = old
        self.new = new
        self.denied = Set(denied)
        var promised: [[UInt8]: Promise] = [:]
        for proposal in promises {
            for wish in proposal.wishes {
                var promise = promised[wish.name] ?? Promise(access: proposal.access, creates: proposal.creates)
                promise.access = promise.access.union(proposal.access)
                promise.creates = promise.creates || proposal.creates
                promised[wish.name] = promise
            }
        }
        self.promised = promised
    }

    package mutating func note(_ entry: AuditEntry) {
        let wasGranted: Bool
        switch entry.event {
        case .granted, .learned: wasGranted = true
        case .refused: wasGranted = false
        case .connectionRefused, .other: return
        }
        guard entry.vm == old.vm else { return }
        count += 1
        check(entry.name, wasGranted, entry)
        // The name that a link leads to must be granted as well.
        if let object = entry.object, object != entry.name, wasGranted || entry.hasSuggestion {
            check(object, wasGranted, entry)
        }
    }

    private mutating func check(_ name: [UInt8], _ wasGranted: Bool, _ entry: AuditEntry) {
        let key = Key(name: name, flags: entry.flags.rawValue, wasGranted: wasGranted)
        if known[key] == true { return }
        let before = LoggedAnswer(name, entry.flags, by: old)
        let after = LoggedAnswer(name, entry.flags, by: new)
        guard let kind = violation(before, after, wasGranted: wasGranted) else {
            if known.count >= Self.mostKnown { known.removeAll(keepingCapacity: true) }
            known[key] = true
            return
        }
        violationCount += 1
        guard violations.count < Self.mostViolations else { return }
        violations.append(
            Violation(kind: kind, name: after.name, access: after.access, creates: after.creates, line: entry.line))
    }

    private func violation(
        _ before: LoggedAnswer, _ after: LoggedAnswer, wasGranted: Bool
    ) -> Violation.Kind? {
        if isPromised(after) {
            if case .granted = after.verdict { return nil }
            return .notGranted
        }
        if before.isGranted, !after.isGranted { return denied.contains(after.name) ? nil : .lost }
        if !before.isGranted, after.isGranted { return .unasked }
        return nil
    }

    private func isPromised(_ answer: LoggedAnswer) -> Bool {
        guard let promise = promised[answer.name] else { return false }
        return promise.access.covers(answer.access) && (promise.creates || !answer.creates)
    }
}
