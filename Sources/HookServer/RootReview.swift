internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// What the file systems of a policy's roots do to its rules. Only the directories of the roots themselves are looked
/// at: what is mounted beneath them may be otherwise.
struct RootReview {
    let policy: Policy
    /// Open where a root grants anything.
    let held: [OpenRoot?]
    let facts: [RootFacts?]
    /// Whether names that differ in capitals alone are the same there.
    var foldsNames: (OpenRoot) -> Bool = { CaseFolding.applies(in: $0.directory, $0.facts.mount) }

    /// Roots whose files will have no label, so that each of their requests is refused where labels are checked.
    func unlabelled() -> [Diagnostic] {
        policy.roots.indices.compactMap { id in
            guard let mount = facts[id]?.mount, mount.labelling == .none, policy.roots[id].label == nil else {
                return nil
            }
            let bare = policy.rules.filter { $0.root == id && $0.verb != .deny && $0.label == nil }
            guard let first = bare.first else { return nil }
            let type = escaped(mount.fileSystem)
            guard policy.roots[id].isDeclared else {
                return Diagnostic(
                    .warning, at: first.span,
                    "the file system there (\(type)) keeps no labels, and the rule has no `label`: it will be refused")
            }
            let rules = bare.count == 1 ? "one of its rules has" : "\(bare.count) of its rules have"
            return Diagnostic(
                .warning, at: policy.roots[id].span,
                "the file system there (\(type)) keeps no labels, and neither this root nor \(rules) a `label`: "
                    + "such requests will be refused")
        }
    }

    /// Roots in which one file answers to several names.
    func foldingNames() -> [Diagnostic] {
        policy.roots.indices.compactMap { id in
            guard let root = held[id], policy.roots[id].grants, foldsNames(root) else { return nil }
            let type = escaped(root.facts.mount.fileSystem)
            let remedy =
                policy.rules.contains { $0.root == id && $0.verb == .deny }
                ? "a `deny` with wildcards does not hold for another spelling"
                : "another spelling is another name to them"
            return Diagnostic(
                .warning, at: policy.roots[id].span,
                "names there (\(type)) are the same in capitals and in small letters, and rules compare bytes: \(remedy)"
            )
        }
    }
}
