internal import HookPolicy

/// Where a node stands: what it is for, and what is above it.
struct BlockPlace {
    var part: FileUse.Part
    var role: String
    /// Whether what is above it only reads.
    var parent: Parent

    enum Parent { case reading, writing }

    /// How the node came to be below its parent.
    enum Tie {
        /// Its options are the parent's own: it takes over what they do not say.
        case inline
        /// The parent names it. It was opened before, by its own options.
        case reference
    }

    func with(parent: Parent) -> BlockPlace { BlockPlace(part: part, role: role, parent: parent) }
}

/// What the options of block nodes say of files.
struct BlockFindings {
    var uses: [FileUse] = []
    var ownUses: [OwnUse] = []
    var remarks: [Remark] = []

    static func + (left: BlockFindings, right: BlockFindings) -> BlockFindings {
        BlockFindings(
            uses: left.uses + right.uses, ownUses: left.ownUses + right.ownUses,
            remarks: left.remarks + right.remarks)
    }

    static func refusal(_ text: String) -> BlockFindings { BlockFindings(remarks: [Remark(.refusal, text)]) }

    static func note(_ text: String) -> BlockFindings { BlockFindings(remarks: [Remark(.note, text)]) }
}
