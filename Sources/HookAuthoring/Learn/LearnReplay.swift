package import HookPolicy

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

    private let vm: [UInt8]
    private let promised: [[UInt8]: Promise]
    private let denied: Set<[UInt8]>
    private var before, after: RememberedAnswers

    private struct Promise {
        var access: Access
        var creates: Bool
    }

    private static let mostViolations = 10

    /// - Parameters:
    ///   - promises: what has been agreed to.
    ///   - denied: names whose being denied has been agreed to.
    package init(from old: Policy, to new: Policy, promises: [Proposal], denied: [[UInt8]]) {
        vm = old.vm
        before = RememberedAnswers(by: old)
        after = RememberedAnswers(by: new)
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
        switch entry.event {
        case .opened, .learned, .refused: break
        case .started, .creating, .connectionRefused, .other: return
        }
        guard entry.vm == vm, entry.operation == .open else { return }
        count += 1
        check(entry.name, entry)
        // The name that a link leads to must be granted as well.
        if let real = entry.realName { check(real, entry) }
    }

    private mutating func check(_ name: [UInt8], _ entry: AuditEntry) {
        let before = before.answer(name, entry.flags)
        let after = after.answer(name, entry.flags)
        guard let kind = violation(before, after) else { return }
        violationCount += 1
        guard violations.count < Self.mostViolations else { return }
        violations.append(
            Violation(kind: kind, name: after.name, access: after.access, creates: after.creates, line: entry.line))
    }

    private func violation(_ before: LoggedAnswer, _ after: LoggedAnswer) -> Violation.Kind? {
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
