/// A directory that the policy grants things in, and that is held open.
///
/// A rule outside any `root` block has one as well, derived from its pattern.
package struct Root: Sendable {
    /// The index in ``Policy/roots``.
    package typealias ID = Int

    package enum Declaration: Sendable, Hashable {
        /// A `root` block, with its name.
        case declared(name: [UInt8])
        /// The longest directory without a wildcard of rules outside any block.
        case derived
    }

    package let directory: AbsolutePath
    /// Where the directory is named; for a derived root, the first rule's pattern.
    package let directorySpan: SourceSpan
    /// The label of files here whose file system keeps none.
    package let label: LabelTemplate?
    /// `none` or `inside`.
    package let symlinks: SymlinkRule
    /// The file system types of which one must be mounted there; empty: any.
    package let fileSystems: [[UInt8]]
    /// Whose rights file system calls here are made with (`as`); nil: the server's own.
    package let identity: UserReference?
    package let declaration: Declaration
    /// Whether a rule in it grants something. A root that holds only `deny` rules need not exist, and nothing in it is
    /// ever opened.
    package let grants: Bool
    /// The line that opens the block; for a derived root, the first rule's statement.
    package let span: SourceSpan
    /// The `}` of the block; nil for a derived root.
    let end: SourceSpan?
    /// The rules of the block; for a derived root, empty.
    let block: Range<Rule.ID>

    /// Whether it is a `root` block of the policy.
    package var isDeclared: Bool { declaration != .derived }
}

/// What happens to a symbolic link on the way to a file.
package enum SymlinkRule: UInt8, Sendable, Hashable {
    /// Refused.
    case none
    /// Followed while it stays beneath the root; the name it leads to must be granted too.
    case inside
    /// Followed through directories that belong to root and that nobody else can write; exact names only.
    case follow

    /// The word of the policy language.
    package var word: String {
        switch self {
        case .none: "none"
        case .inside: "inside"
        case .follow: "follow"
        }
    }
}
