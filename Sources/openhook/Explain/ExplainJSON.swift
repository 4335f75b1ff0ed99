import HookAudit
import HookLinux
import HookPolicy
import HookSELinux
import HookSepol
import HookServer
import SystemPackage

/// What `openhook explain` says, for programs.
extension ExplainReport {
    var json: JSONOutput {
        var fields = [JSONField("answer", isGranted ? "granted" : "refused")]
        fields.add("name", bytes: answer.name.isEmpty ? asked : answer.name)
        fields.append(JSONField("flags", "\(flags)"))
        if let access = answer.access { fields.append(JSONField("access", access.word)) }
        switch answer.outcome {
        case .granted(let verdict, let rule):
            fields += describe(rule)
            if case .learning = verdict { fields.append(JSONField("learning", .bool(true))) }
        case .refused(let refusal, let story):
            fields += [
                JSONField("errno", refusal.errno.name ?? "\(refusal.errno.rawValue)"),
                JSONField("errno_number", Int(refusal.errno.rawValue)),
                JSONField("stage", refusal.stage.rawValue.description),
                JSONField("reason", story.reason),
            ]
            if !reasons.isEmpty { fields.append(JSONField("selinux_reasons", .array(reasons.map(describe)))) }
            if let rule = story.rule { fields.append(JSONField("rule", policy.describe(rule))) }
            if let suggestion = story.suggestion {
                fields.append(JSONField("add", .object(suggestion.json(in: policy.sources))))
            }
        case .disconnected(let refusal):
            fields += [JSONField("stage", "peer"), JSONField("reason", "\(refusal)")]
        }
        if let label = answer.label { fields.append(JSONField("label", describe(label))) }
        fields.append(JSONField("climbed_as_text", .bool(answer.climbedAsText)))
        return .object(fields)
    }

    private func describe(_ id: Rule.ID) -> [JSONField] {
        let rule = policy.rules[id]
        var grant = [
            JSONField("access", rule.access.word), JSONField("symlinks", rule.symlinks.word),
            JSONField("hardlinks", .bool(rule.hardLinks == .allowed)),
            JSONField("delete", .bool(rule.deletion == .allowed)),
            JSONField("kinds", .array(rule.kinds.words.map(JSONOutput.text))),
        ]
        if let creation = rule.creation {
            var fields = [JSONField("mode", creation.octalMode)]
            if let owner = creation.owner { fields.add("owner", bytes: owner.text) }
            if let limit = creation.limit { fields.append(JSONField("limit", limit)) }
            grant.append(JSONField("create", .object(fields)))
        }
        grant.add("root", bytes: policy.roots[rule.root].directory.bytes)
        var fields = [JSONField("rule", policy.describe(id))]
        fields.add("text", bytes: rule.text)
        return fields + [JSONField("grants", .object(grant))]
    }

    private func describe(_ reason: DenialReason) -> JSONOutput {
        switch reason {
        case .noRule(let rule): .object([JSONField("kind", "no-rule"), JSONField("add", rule + ";")])
        case .constraint(let permissions, let text):
            .object([
                JSONField("kind", "constraint"), JSONField("permissions", permissions.description),
                JSONField("text", text),
            ])
        case .role(let permissions):
            .object([JSONField("kind", "role"), JSONField("permissions", permissions.description)])
        case .bounds(let permissions):
            .object([JSONField("kind", "bounds"), JSONField("permissions", permissions.description)])
        }
    }

    private func describe(_ label: LabelAnswer) -> JSONOutput {
        var fields: [JSONField] = []
        if let context = label.context { fields.append(JSONField("object", context.description)) }
        if let source = label.source { fields.append(JSONField("source", source.code)) }
        fields += [JSONField("selinux", label.finding.code), JSONField("selinux_detail", label.finding.words)]
        return .object(fields)
    }
}
