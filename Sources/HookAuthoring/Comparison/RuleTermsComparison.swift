import HookPolicy

/// One thing that two rules say differently.
struct RuleTermsChange: Hashable {
    let direction: PolicyChange.Direction
    let words: String
}

/// Two rules that both grant an access: what else the new one grants more, less or otherwise.
struct RuleTermsComparison {
    private(set) var changes: [RuleTermsChange] = []

    init(_ oldPolicy: Policy, _ oldID: Rule.ID, _ newPolicy: Policy, _ newID: Rule.ID) {
        let (old, new) = (oldPolicy.rules[oldID], newPolicy.rules[newID])
        let (oldRoot, newRoot) = (oldPolicy.roots[old.root], newPolicy.roots[new.root])
        compareCreation(old.creation, new.creation)
        compareKinds(old.kinds, new.kinds)
        compareLinks(old, oldRoot, new, newRoot)
        if old.hardLinks != new.hardLinks {
            add(new.hardLinks == .allowed ? .more : .less, "hardlinks allow")
        }
        if old.deletion != new.deletion { add(new.deletion == .allowed ? .more : .less, "delete") }
        let (oldLabel, newLabel) = (old.label ?? oldRoot.label, new.label ?? newRoot.label)
        if oldLabel != newLabel { add(.otherwise, "label \(Self.text(newLabel)) (was \(Self.text(oldLabel)))") }
        if oldRoot.identity != newRoot.identity {
            add(.otherwise, "as \(Self.text(newRoot.identity)) (was \(Self.text(oldRoot.identity)))")
        }
        compareFileSystems(Set(oldRoot.fileSystems), Set(newRoot.fileSystems))
    }

    private mutating func add(_ direction: PolicyChange.Direction, _ words: String) {
        changes.append(RuleTermsChange(direction: direction, words: words))
    }

    private mutating func compareCreation(_ old: Creation?, _ new: Creation?) {
        guard let old, let new else {
            if new != nil { add(.more, "create") }
            if old != nil { add(.less, "create") }
            return
        }
        if new.mode & ~old.mode != 0 { add(.more, "mode \(new.octalMode) (was \(old.octalMode))") }
        if old.mode & ~new.mode != 0 { add(.less, "mode \(new.octalMode) (was \(old.octalMode))") }
        if old.owner != new.owner { add(.otherwise, "owner \(Self.text(new.owner)) (was \(Self.text(old.owner)))") }
        let (before, after) = (old.limit ?? .max, new.limit ?? .max)
        if before != after {
            add(after > before ? .more : .less, "limit \(Self.text(new.limit)) (was \(Self.text(old.limit)))")
        }
    }

    private mutating func compareKinds(_ old: FileKinds, _ new: FileKinds) {
        for (word, kind) in FileKinds.words where old.contains(kind) != new.contains(kind) {
            add(new.contains(kind) ? .more : .less, "kind \(word)")
        }
    }

    /// `inside` leads beneath the root, to what is granted; `follow` leads anywhere.
    private mutating func compareLinks(_ old: Rule, _ oldRoot: Root, _ new: Rule, _ newRoot: Root) {
        if old.symlinks != new.symlinks {
            let isMore = new.symlinks.rawValue > old.symlinks.rawValue
            add(isMore ? .more : .less, "symlinks \(new.symlinks.word) (was \(old.symlinks.word))")
        } else if old.symlinks == .inside, oldRoot.directory != newRoot.directory {
            let direction: PolicyChange.Direction =
                if oldRoot.directory.isBeneathOrEqual(newRoot.directory) {
                    .more
                } else if newRoot.directory.isBeneathOrEqual(oldRoot.directory) { .less } else { .otherwise }
            add(
                direction,
                "symlinks inside \(escaped(newRoot.directory.bytes)) (was \(escaped(oldRoot.directory.bytes)))")
        }
    }

    /// None named is any.
    private mutating func compareFileSystems(_ old: Set<[UInt8]>, _ new: Set<[UInt8]>) {
        guard old != new else { return }
        let words = "filesystem \(Self.text(new)) (was \(Self.text(old)))"
        if new.isEmpty || !old.isEmpty && !new.isSubset(of: old) { add(.more, words) }
        if old.isEmpty || !new.isEmpty && !old.isSubset(of: new) { add(.less, words) }
    }

    // MARK: Words

    private static func text(_ limit: Int?) -> String { limit.map(String.init) ?? "none" }

    private static func text(_ types: Set<[UInt8]>) -> String {
        types.isEmpty ? "any" : types.map { escaped($0) }.sorted().joined(separator: " ")
    }

    private static func text(_ user: UserReference?) -> String {
        user.map { escaped($0.text) } ?? "the server's own"
    }

    private static func text(_ label: LabelTemplate?) -> String {
        guard let label else { return "none" }
        return label.segments.map { segment in
            switch segment {
            case .bytes(let bytes): escaped(bytes)
            case .level: "${level}"
            }
        }.joined()
    }
}
