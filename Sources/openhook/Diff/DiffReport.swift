import HookAudit
import HookAuthoring
import HookLinux
import HookPolicy

/// What `openhook diff` says.
struct DiffReport {
    let old, new: Policy
    let difference: PolicyDifference

    /// For people, with a line feed at the end.
    var text: String {
        guard !difference.changes.isEmpty else { return "no difference: both grant the same\n" }
        return difference.changes.map(text).joined()
    }

    private func text(_ change: PolicyChange) -> String {
        switch change.subject {
        case .setting(let before, let after):
            return "\(change.direction.word): \(change.words)\n" + place("new", after, in: new)
                + place("old", before, in: old)
        case .names(let samples, let before, let after):
            var text = "\(change.direction.word): \(change.words)  \(escaped(samples.first ?? []))\n"
            text += rule("new", after, in: new) + rule("old", before, in: old)
            if samples.count > 1 {
                text += "    also " + samples.dropFirst().map { escaped($0) }.joined(separator: "  ") + "\n"
            }
            return text
        }
    }

    private func rule(_ label: String, _ id: Rule.ID?, in policy: Policy) -> String {
        guard let id else { return "    \(label)  no rule\n" }
        return "    \(label)  \(policy.describe(id)): \(escaped(policy.rules[id].text))\n"
    }

    private func place(_ label: String, _ span: SourceSpan?, in policy: Policy) -> String {
        span.map { "    \(label)  \(policy.sources.describe($0))\n" } ?? ""
    }

    // MARK: JSON

    var json: JSONOutput {
        .object([
            JSONField("grants_more", .bool(difference.grantsMore)),
            JSONField("changes", .array(difference.changes.map(object))),
        ])
    }

    private func object(_ change: PolicyChange) -> JSONOutput {
        var fields = [JSONField("direction", change.direction.word), JSONField("what", change.words)]
        switch change.subject {
        case .setting(let before, let after):
            if let before { fields.append(JSONField("old", old.sources.describe(before))) }
            if let after { fields.append(JSONField("new", new.sources.describe(after))) }
        case .names(let samples, let before, let after):
            let names = samples.map { sample in
                var fields: [JSONField] = []
                fields.add("name", bytes: sample)
                return JSONOutput.object(fields)
            }
            fields.append(JSONField("such_as", .array(names)))
            if let before { fields.append(JSONField("old", rule(before, in: old))) }
            if let after { fields.append(JSONField("new", rule(after, in: new))) }
        }
        return .object(fields)
    }

    private func rule(_ id: Rule.ID, in policy: Policy) -> JSONOutput {
        var fields = [JSONField("rule", policy.describe(id))]
        fields.add("text", bytes: policy.rules[id].text)
        return .object(fields)
    }
}

extension PolicyChange.Direction {
    fileprivate var word: String {
        switch self {
        case .more: "more"
        case .less: "less"
        case .otherwise: "otherwise"
        }
    }
}
