internal import HookPolicy

/// A rule that is to be written: one exact name.
struct PlannedRule {
    let path: AbsolutePath
    var access: Access
    var part: FileUse.Part
    var kinds: FileKinds
    var symlinks = SymlinkRule.none
    var creation = FileUse.CreationNeed.never
    var sharing: FileUse.Sharing
    /// The label that the source gives to this very file.
    var label: [UInt8]?
    /// Whether files there have labels of their own.
    var fileLabels = FoundObject.FileLabels.unknown
    /// What it is there for; each once.
    var roles: [String]

    /// Takes over what another use of the same file needs.
    mutating func merge(_ other: PlannedRule) {
        access = access.union(other.access)
        part = min(part, other.part)
        kinds.formUnion(other.kinds)
        if other.creation == .ifMissing { creation = .ifMissing }
        if other.sharing == .exclusive { sharing = .exclusive }
        label = label ?? other.label
        for role in other.roles where !roles.contains(role) { roles.append(role) }
    }

    /// The clauses behind the name.
    func clauses(label: [UInt8]?) -> [[UInt8]] {
        var words: [[UInt8]] = []
        if creation == .ifMissing { words.append(Array("create".utf8)) }
        if kinds != .file {
            words += (["kind"] + kinds.words).map { Array($0.utf8) }
        }
        if let label { words += [Array("label".utf8), label] }
        if symlinks != .none { words += ["symlinks", symlinks.word].map { Array($0.utf8) } }
        return words
    }

    /// What stands behind the rule as a comment.
    var comment: String {
        roles.count > 3 ? roles.prefix(3).joined(separator: ", ") + ", ..." : roles.joined(separator: ", ")
    }
}
