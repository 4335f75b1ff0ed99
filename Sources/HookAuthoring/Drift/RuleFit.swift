internal import HookPolicy

/// Whether a rule that grants a name also opens what stands there: its kind, its links.
struct RuleFit {
    let policy: Policy
    let host: any HostView

    /// Why a server refuses the file all the same.
    struct Misfit {
        let reason: String
        /// Nil if no change of the policy would do.
        let advice: String?
    }

    func misfit(of id: Rule.ID, _ path: AbsolutePath, _ use: FileUse) -> Misfit? {
        switch host.look(at: path) {
        case .found(let object): misfit(of: id, object, use)
        case .link(let object, let target, let way): linkMisfit(of: id, target, way, use) ?? misfit(of: id, object, use)
        case .danglingLink: Misfit(reason: "it is a symbolic link to nothing", advice: nil)
        case .notLooked, .missing, .unreachable: statedKind(use).flatMap { kindMisfit(of: id, $0) }
        }
    }

    // MARK: Objects

    private func misfit(of id: Rule.ID, _ object: FoundObject, _ use: FileUse) -> Misfit? {
        let rule = policy.rules[id]
        switch object.kind {
        case .file where object.names > 1 && use.access != .readOnly && rule.hardLinks == .refused:
            return Misfit(
                reason: "the file has \(object.names) names; \(policy.describe(id)) has no `hardlinks allow`",
                advice: "give \(policy.describe(id)) `hardlinks allow`, if all of the names are this VM's")
        case .file: return kindMisfit(of: id, .file)
        case .block: return kindMisfit(of: id, .block)
        case .char: return kindMisfit(of: id, .char)
        case .directory: return Misfit(reason: "it is a directory, and the broker opens none", advice: nil)
        case .fifo, .socket, .other:
            return Misfit(reason: "it is a FIFO or a socket, and the broker opens none", advice: nil)
        }
    }

    /// What the source says, where nobody can look.
    private func statedKind(_ use: FileUse) -> FileKinds? {
        switch use.form {
        case .file: .file
        case .block: .block
        case .char: .char
        case .unknown: nil
        }
    }

    private func kindMisfit(of id: Rule.ID, _ kind: FileKinds) -> Misfit? {
        let rule = policy.rules[id]
        guard !rule.kinds.contains(kind) else { return nil }
        // A rule without the clause is one for files: for devices it is to say so.
        let wanted = rule.kinds == .file ? kind : rule.kinds.union(kind)
        let words = FileKinds.words.filter { wanted.contains($0.kind) }.map(\.word).joined(separator: " ")
        let word = FileKinds.words.first { $0.kind == kind }?.word ?? ""
        return Misfit(
            reason: "it is a \(Self.noun(kind)); \(policy.describe(id)) has no `kind \(word)`",
            advice: "give \(policy.describe(id)) `kind \(words)`")
    }

    private static func noun(_ kind: FileKinds) -> String {
        if kind == .file { return "file" }
        return kind == .block ? "block device" : "character device"
    }

    // MARK: Links

    private func linkMisfit(
        of id: Rule.ID, _ target: AbsolutePath, _ way: LinkWay, _ use: FileUse
    ) -> Misfit? {
        let rule = policy.rules[id]
        let what = "it is a symbolic link to \(escaped(target.bytes))"
        switch rule.symlinks {
        case .none:
            let word: SymlinkRule = way == .trusted && rule.exactName != nil ? .follow : .inside
            return Misfit(
                reason: "\(what); \(policy.describe(id)) has no `symlinks`",
                advice: "give \(policy.describe(id)) `symlinks \(word.word)`")
        case .follow where way == .changeableByOthers:
            return Misfit(reason: "\(what), and others than root could change the way there", advice: nil)
        case .follow: return nil
        case .inside: return insideMisfit(of: rule, what, target, use)
        }
    }

    /// What the link leads to must lie in the root, and be granted by its own name.
    private func insideMisfit(of rule: Rule, _ what: String, _ target: AbsolutePath, _ use: FileUse) -> Misfit? {
        let directory = policy.roots[rule.root].directory
        guard target.isBeneathOrEqual(directory) else {
            return Misfit(reason: "\(what), which lies outside of \(escaped(directory.bytes))", advice: nil)
        }
        let verdict = policy.decide(target.bytes.span, use.access)
        if case .granted = verdict { return nil }
        let explanation = policy.explain(verdict, name: target.bytes, access: use.access, creating: false)
        return Misfit(
            reason: "\(what), and \(explanation.reason)", advice: explanation.suggestion.map { policy.describe($0) })
    }
}
