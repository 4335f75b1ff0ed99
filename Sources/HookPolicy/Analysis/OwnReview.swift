/// Looks for `own` statements that would let QEMU reach with its own rights what a rule manages.
///
/// `own` holds for all beneath its path. A path must not lie in a declared root, hold one, or be a name that a rule
/// grants. What it lets QEMU write must moreover hold nothing that a rule grants: `own ro /usr` beside a rule for a
/// firmware file under `/usr` is fine, `own rw /dev` beside a rule for a disk is not.
struct OwnReview {
    private let policy: Policy
    /// The declared roots' directories, to be found by what lies in them.
    private let roots: PatternTable
    private let rootIndex: RuleIndex
    /// The same in the order of their bytes, and the literal beginnings of what is granted.
    private let directories: [(bytes: [UInt8], span: SourceSpan)]
    private let granted: [(bytes: [UInt8], span: SourceSpan)]
    private(set) var diagnostics: [Diagnostic] = []

    init(of policy: Policy) {
        self.policy = policy
        let hasWork = !policy.own.isEmpty
        var table = PatternTable()
        for (id, root) in policy.roots.enumerated() where hasWork && root.isDeclared {
            let directory = Pattern(beginning: root.directory.bytes)
            _ = table.add(directory, rule: id, verb: .deny, access: .readWrite)
        }
        roots = table
        rootIndex = RuleIndex(of: .deny, in: table, point: PrefixHash.secretPoint())
        directories = policy.roots.filter { hasWork && $0.isDeclared }.map { ($0.directory.bytes, $0.span) }
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        let patterns = policy.storage.patterns
        granted = patterns.records.filter { hasWork && $0.verb == .allow }
            .map { (Array(patterns.bytes[$0.beginning]), policy.rules[$0.ruleID].span) }
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        for own in policy.own {
            for path in own.paths { review(path, own.kind) }
        }
    }

    private mutating func review(_ own: OwnStatement.Path, _ kind: OwnStatement.Kind) {
        let path = own.path
        if let root = rootIndex.firstDenying(path.bytes.span, .readOnly, in: roots) {
            report(own, "lies in a root", seeing: policy.roots[root].span)
        } else if let root = first(in: directories, beneath: path) {
            report(own, "holds a root", seeing: root)
        } else if let rule = deciding(path) {
            report(own, "is granted by a rule", seeing: policy.rules[rule].span)
        } else if kind != .readOnly, let rule = first(in: granted, beneath: path) {
            report(own, "holds what a rule grants", seeing: rule)
        }
    }

    private mutating func report(_ own: OwnStatement.Path, _ what: String, seeing span: SourceSpan) {
        let message = "QEMU's own rights cannot reach what the policy manages: `\(escaped(own.path.bytes))` \(what)"
        diagnostics.append(
            Diagnostic(.error, at: own.span, message, notes: [Diagnostic.Note("it is here", at: span)]))
    }

    private func deciding(_ path: AbsolutePath) -> Rule.ID? {
        switch policy.decisions.allow.mostSpecific(for: path.bytes.span, in: policy.storage.patterns) {
        case .none: nil
        case .one(let rule), .tie(let rule, _): rule
        }
    }

    /// The first of some names in order that lies beneath a directory.
    private func first(
        in names: [(bytes: [UInt8], span: SourceSpan)], beneath directory: AbsolutePath
    ) -> SourceSpan? {
        let prefix = directory.prefix
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            if names[middle].bytes.lexicographicallyPrecedes(prefix) { low = middle + 1 } else { high = middle }
        }
        guard low < names.count, names[low].bytes.starts(with: prefix) else { return nil }
        return names[low].span
    }
}
