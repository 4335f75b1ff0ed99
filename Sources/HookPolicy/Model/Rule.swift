/// An `allow`, `deny` or `learn` statement.
package struct Rule: Sendable {
    /// The index in ``Policy/rules``.
    package typealias ID = Int

    package enum Verb: UInt8, Sendable, Hashable, CaseIterable {
        case allow, deny, learn

        /// The word of the policy language.
        package var word: String {
            switch self {
            case .allow: "allow"
            case .deny: "deny"
            case .learn: "learn"
            }
        }
    }

    package let verb: Verb
    package let access: Access
    package let root: Root.ID
    /// The one name that the rule is about; nil if it has wildcards or alternatives.
    package let exactName: AbsolutePath?
    /// How a missing file is made; nil: never.
    package let creation: Creation?
    /// Whether a file may be removed, or given another name.
    package let deletion: DeletionRule
    package let kinds: FileKinds
    /// The rule's own label; nil: the root's.
    package let label: LabelTemplate?
    /// The rule's own, or the root's.
    package let symlinks: SymlinkRule
    package let hardLinks: HardLinkRule
    /// The whole statement.
    package let span: SourceSpan
    /// The pattern alone.
    package let patternSpan: SourceSpan

    /// The patterns in the policy's table: one, or one for each alternative.
    let patterns: Range<Int>
    let storage: PolicyStorage

    /// The statement as written, without what is before and after it on its line.
    package var text: [UInt8] { Array(storage.sources.bytes(of: span)) }

    /// Every alternative of the rule that is a name without wildcards: what a `deny` protects by device and inode.
    package var exactNames: [AbsolutePath] {
        patterns.map { storage.patterns.pattern($0) }.filter(\.isExact)
            .map { AbsolutePath(unchecked: $0.beginning) }
    }

    /// Of every alternative, the longest directory without a wildcard.
    package var literalDirectories: [AbsolutePath] {
        patterns.map { storage.patterns.pattern($0).literalDirectory }
    }

    /// The absolute patterns of the rule, compiled: one, or one for each alternative.
    package var absolutePatterns: [Pattern] { patterns.map { storage.patterns.pattern($0) } }

    /// The directory that holds every name the rule matches; nil if a wildcard or an alternative stands before the
    /// last component. It is where the names that ``Creation/limit`` means are counted.
    package var onlyDirectory: AbsolutePath? { storage.patterns.onlyDirectory(of: patterns) }

    /// Whether an absolute, clean name is one of the rule's own.
    ///
    /// Nothing beneath a match counts, not even for a `deny`.
    package func matches(_ name: borrowing Span<UInt8>) -> Bool {
        for pattern in patterns where storage.patterns.matches(pattern, name) { return true }
        return false
    }
}

/// How a missing file is made (`create`).
package struct Creation: Sendable, Hashable {
    /// The permissions, at most `0o777`. Neither the request's mode nor the umask counts.
    package let mode: UInt32
    /// The owner; nil: the server's, or that of the root's `as`.
    package let owner: UserReference?
    /// How many names that match the rule may exist; nil: any number.
    package let limit: Int?

    static let defaultMode: UInt32 = 0o600

    /// As written in a policy: `0600`.
    package var octalMode: String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}

/// Whether a file may be removed or renamed (`delete`): by a program that does not only open files through the broker.
package enum DeletionRule: UInt8, Sendable, Hashable {
    case refused, allowed
}

/// Whether a file with more than one name may be opened for writing.
package enum HardLinkRule: UInt8, Sendable, Hashable {
    case refused, allowed
}

/// What sorts of file a rule opens.
package struct FileKinds: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Whether all of these kinds are in the set. It is the protocol's own, which another module can reach only through
    /// its witnesses.
    package func contains(_ kinds: FileKinds) -> Bool { rawValue & kinds.rawValue == kinds.rawValue }

    /// A regular file.
    package static let file = FileKinds(rawValue: 1)
    /// A block device.
    package static let block = FileKinds(rawValue: 2)
    /// A character device.
    package static let char = FileKinds(rawValue: 4)

    /// Each kind with the word of the policy language.
    package static let words: [(word: String, kind: FileKinds)] = [("file", .file), ("block", .block), ("char", .char)]

    /// The words of these kinds.
    package var words: [String] { FileKinds.words.filter { contains($0.kind) }.map(\.word) }
}
