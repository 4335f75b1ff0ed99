package import HookPolicy

/// Something that a new policy says otherwise than an old one.
package struct PolicyChange: Sendable, Hashable {
    package enum Direction: UInt8, Sendable, Hashable, CaseIterable {
        /// The new policy grants what the old one does not.
        case more
        case less
        /// Neither contains the other: another label, another owner. It may be more, for somebody.
        case otherwise
    }

    package enum Subject: Sendable, Hashable {
        /// What these two rules (nil: none) decide about; some of the names, the shortest first.
        case names(samples: [[UInt8]], old: Rule.ID?, new: Rule.ID?)
        /// The policy as a whole: who may ask, which labels are checked.
        case setting(old: SourceSpan?, new: SourceSpan?)
    }

    package let direction: Direction
    /// In the words of the language: `rw (was ro)`, `create`, `kind block`.
    package let words: String
    package let subject: Subject
}

/// All that a new policy grants more, less or otherwise than an old one, in terms of names and access.
package struct PolicyDifference: Sendable {
    /// More first, then less, then otherwise; in each, settings first, then names.
    package let changes: [PolicyChange]

    /// - Throws: `tooComplex` if the names cannot be compared.
    package init(from old: Policy, to new: Policy) throws(NameComparison.Failure) {
        var changes = SettingsComparison(old, new).changes
        for group in try NameComparison(old, new).groups {
            changes += GroupComparison(group, old, new).changes
        }
        let all = changes
        self.changes = PolicyChange.Direction.allCases.flatMap { direction in
            all.filter { $0.direction == direction }
        }
    }

    /// Whether the new policy grants something that the old one does not, or something else.
    package var grantsMore: Bool { changes.contains { $0.direction != .less } }
}
