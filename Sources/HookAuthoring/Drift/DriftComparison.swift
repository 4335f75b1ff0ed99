internal import HookPolicy

/// The uses of a VM beside the rules of a policy.
struct DriftComparison {
    let policy: Policy
    let uses: [(path: AbsolutePath, use: FileUse)]
    let host: any HostView
    /// Names that are no names of files.
    let unclean: [FileUse]

    init(policy: Policy, uses: [FileUse], host: any HostView) {
        self.policy = policy
        self.host = host
        self.uses = uses.compactMap { use in AbsolutePath(use.name).map { ($0, use) } }
        unclean = uses.filter { AbsolutePath($0.name) == nil }
    }

    // MARK: Used, and not granted

    var needs: [DriftReport.Need] {
        var seen: Set<[UInt8]> = []
        var needs = unclean.map { use in
            DriftReport.Need(
                name: use.name, access: use.access, role: use.role,
                reason: "it is no clean absolute name, and no rule can be about it", advice: nil)
        }
        for (path, use) in uses where seen.insert(path.bytes + Array(use.access.word.utf8)).inserted {
            if let need = need(path, use) { needs.append(need) }
        }
        return needs
    }

    private func need(_ path: AbsolutePath, _ use: FileUse) -> DriftReport.Need? {
        let verdict = policy.decide(path.bytes.span, use.access)
        let isMissing = use.creation == .ifMissing && host.look(at: path) == .missing
        if case .granted(let rule) = verdict, !isMissing || policy.rules[rule].creation != nil {
            return RuleFit(policy: policy, host: host).misfit(of: rule, path, use).map { misfit in
                DriftReport.Need(
                    name: path.bytes, access: use.access, role: use.role, reason: misfit.reason, advice: misfit.advice)
            }
        }
        // A new rule is for the starts to come as well, before which the file may have been removed.
        let creates = isMissing || (isUnlisted(verdict) && use.creation == .ifMissing)
        let explanation = policy.explain(verdict, name: path.bytes, access: use.access, creating: creates)
        return DriftReport.Need(
            name: path.bytes, access: use.access, role: use.role, reason: explanation.reason,
            advice: explanation.suggestion.map { policy.describe($0) + kind(use, verdict) })
    }

    /// A new rule for a device says so.
    private func kind(_ use: FileUse, _ verdict: Verdict) -> String {
        guard isUnlisted(verdict) else { return "" }
        return switch use.form {
        case .block: " kind block"
        case .char: " kind char"
        case .file, .unknown: ""
        }
    }

    private func isUnlisted(_ verdict: Verdict) -> Bool {
        if case .unlisted = verdict { true } else { false }
    }

    // MARK: Granted, and not used

    func surplus(_ scope: DriftReport.Scope) -> [DriftReport.Surplus] {
        policy.rules.indices.compactMap { id in
            let rule = policy.rules[id]
            guard rule.verb == .allow, isSeen(rule, scope) else { return nil }
            let used = uses.filter { isAbout(rule, $0.path) }
            guard let first = used.first else { return DriftReport.Surplus(rule: id, extent: .whole) }
            let access = used.dropFirst().reduce(first.use.access) { $0.union($1.use.access) }
            // An image that is read now may be written next, by a commit: that is no drift.
            guard scope == .everything, rule.exactName != nil, !access.covers(rule.access) else { return nil }
            return DriftReport.Surplus(rule: id, extent: .beyond(access))
        }
    }

    /// Whether the sources would tell of what a rule is about. A pattern of files that are yet to be made is not used
    /// before one is.
    private func isSeen(_ rule: Rule, _ scope: DriftReport.Scope) -> Bool {
        if rule.exactName == nil, rule.creation != nil { return false }
        guard scope == .images else { return true }
        // What is only read may be a kernel or a table as well as an image; what is only written is a log.
        return rule.access == .readWrite && rule.creation == nil && rule.kinds != .char
    }

    private func isAbout(_ rule: Rule, _ path: AbsolutePath) -> Bool {
        if rule.matches(path.bytes.span) { return true }
        // The rule for what a link of the VM's leads to.
        guard case .link(_, let target, _) = host.look(at: path) else { return false }
        return rule.matches(target.bytes.span)
    }

    // MARK: Open descriptors

    /// Whether what is open is known by another name, or is QEMU's own affair.
    func accounts(for open: FileUse, besides own: [[UInt8]]) -> Bool {
        guard open.form != .char, let path = AbsolutePath(open.name) else { return true }
        if SystemName.objection(to: path, .readWrite) != nil { return true }
        if own.contains(where: { name in AbsolutePath(name).map(path.isBeneathOrEqual) ?? false }) { return true }
        return uses.contains { known, _ in
            if known == path { return true }
            guard case .link(_, let target, _) = host.look(at: known) else { return false }
            return target == path
        }
    }
}
