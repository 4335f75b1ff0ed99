/// What has been read of a policy so far.
struct PolicyDraft {
    var vm: [UInt8]?
    var uuid: [UInt8]?
    var selinux = SELinuxRequirement.require
    var peers = PeerRequirements()
    var directory: AbsolutePath?
    var rate = Rate.standard
    var own: [OwnStatement] = []
    var ioUring = IOUring.refused
    var roots: [RootDraft] = []
    var rules: [RuleDraft] = []
}

/// A root, declared or derived, while its block is read.
struct RootDraft {
    let directory: AbsolutePath
    let directorySpan: SourceSpan
    let declaration: Root.Declaration
    let span: SourceSpan
    let firstRule: Rule.ID
    var label: LabelTemplate?
    var symlinks = SymlinkRule.none
    var fileSystems: [[UInt8]] = []
    var identity: UserReference?
    var end: SourceSpan?
    var rulesEnd: Rule.ID
    var grants = false

    init(
        directory: AbsolutePath, at directorySpan: SourceSpan, declaration: Root.Declaration, span: SourceSpan,
        firstRule: Rule.ID
    ) {
        self.directory = directory
        self.directorySpan = directorySpan
        self.declaration = declaration
        self.span = span
        self.firstRule = firstRule
        rulesEnd = firstRule
    }
}

/// A rule, whose root's own statements may still follow.
struct RuleDraft {
    let verb: Rule.Verb
    let access: Access
    let root: Root.ID
    let patterns: [Pattern]
    var clauses: RuleClauses
    let span: SourceSpan
    let patternSpan: SourceSpan

    /// The one name it is about, if there is but one.
    var exactName: AbsolutePath? {
        guard patterns.count == 1, let only = patterns.first, only.isExact else { return nil }
        return AbsolutePath(unchecked: only.beginning)
    }
}

/// What the clauses of an `allow` say.
struct RuleClauses {
    var creates = false
    var mode: UInt32?
    var owner: UserReference?
    var limit: Int?
    var deletion = DeletionRule.refused
    var kinds: FileKinds?
    var label: LabelTemplate?
    var symlinks: SymlinkRule?
    var hardLinks = HardLinkRule.refused

    var creation: Creation? {
        creates ? Creation(mode: mode ?? Creation.defaultMode, owner: owner, limit: limit) : nil
    }
}

extension PolicyDraft {
    /// The policy of the draft. If an error has been reported, it is fit to look for more of them only.
    func policy(sources: SourceMap, variables: Variables, spans: SettingSpans) -> Policy {
        var table = PatternTable()
        var ranges: [Range<Int>] = []
        for (id, rule) in rules.enumerated() {
            let start = table.records.count
            for pattern in rule.patterns {
                _ = table.add(pattern, rule: id, verb: rule.verb, access: rule.access)
            }
            ranges.append(start..<table.records.count)
        }
        let storage = PolicyStorage(sources: sources, patterns: table, variables: variables)
        let finished = zip(rules, ranges).map { draft, range in
            draft.rule(symlinks: roots[draft.root].symlinks, patterns: range, storage: storage)
        }
        return Policy(
            vm: vm ?? [], uuid: uuid, selinux: selinux, peers: peers, directory: directory, roots: roots.map(\.root),
            rules: finished, rate: rate, own: own, ioUring: ioUring, spans: spans,
            storage: storage, decisions: DecisionIndex(patterns: table))
    }
}

extension RootDraft {
    fileprivate var root: Root {
        Root(
            directory: directory, directorySpan: directorySpan, label: label, symlinks: symlinks,
            fileSystems: fileSystems, identity: identity,
            declaration: declaration, grants: grants, span: span, end: end,
            block: firstRule..<(declaration == .derived ? firstRule : rulesEnd))
    }
}

extension RuleDraft {
    fileprivate func rule(symlinks: SymlinkRule, patterns: Range<Int>, storage: PolicyStorage) -> Rule {
        Rule(
            verb: verb, access: access, root: root, exactName: exactName, creation: clauses.creation,
            deletion: clauses.deletion, kinds: clauses.kinds ?? .file, label: clauses.label,
            symlinks: clauses.symlinks ?? symlinks,
            hardLinks: clauses.hardLinks, span: span, patternSpan: patternSpan,
            patterns: patterns, storage: storage)
    }
}
