import HookPolicy

/// What a rule grants, in words: every clause, with what holds where none is written.
struct RuleTerms {
    private let policy: Policy
    private let rule: Rule

    init(_ id: Rule.ID, in policy: Policy) {
        self.policy = policy
        rule = policy.rules[id]
    }

    var access: String {
        switch rule.access {
        case .readOnly: "ro: reading"
        case .writeOnly: "wo: writing"
        case .readWrite: "rw: reading and writing"
        }
    }

    var root: String {
        let root = policy.roots[rule.root]
        var words = escaped(root.directory.bytes)
        if case .declared(let name) = root.declaration { words = "\(escaped(name)), \(words)" }
        if let identity = root.identity {
            words += ", with the rights of \(escaped(identity.text))"
        }
        if !root.fileSystems.isEmpty {
            words += ", on " + root.fileSystems.map { escaped($0) }.joined(separator: " or ")
        }
        return words
    }

    var kinds: String {
        let words: [(FileKinds, String)] = [
            (.file, "regular files"), (.block, "block devices"), (.char, "character devices"),
        ]
        return words.filter { rule.kinds.contains($0.0) }.map(\.1).joined(separator: ", ")
    }

    var links: String {
        let symbolic =
            switch rule.symlinks {
            case .none: "symbolic links are refused"
            case .inside: "symbolic links are followed beneath the root, to names that are granted too"
            case .follow: "symbolic links are followed through directories of root's alone"
            }
        let hard =
            switch rule.hardLinks {
            case .refused: rule.access == .readOnly ? "" : "; a file with several names is not opened for writing"
            case .allowed: "; a file may have several names"
            }
        return symbolic + hard
    }

    var creation: String {
        making + (rule.deletion == .allowed ? "; a file may be removed and renamed" : "")
    }

    private var making: String {
        guard let creation = rule.creation else { return "a missing file is not made" }
        var words = "a missing file is made, mode " + creation.octalMode
        if let owner = creation.owner { words += ", owner \(escaped(owner.text))" }
        if let limit = creation.limit { words += ", as long as fewer than \(limit) match the rule" }
        return words
    }
}
