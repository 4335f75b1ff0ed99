import HookAudit
import HookAuthoring
import HookLinux
import HookPolicy

/// What `openhook generate` says of the policy that it made.
struct GenerateReport {
    let policy: GeneratedPolicy
    /// Where it was written; nil: to standard output.
    let file: [UInt8]?

    private var ruleCount: Int { policy.policy.rules.count }

    /// For people: how much there is, what is missing, what to do next.
    func summary(on page: Page) -> String {
        let rules = "\(ruleCount) rule\(ruleCount == 1 ? "" : "s")"
        let place = file.map { ", written to \(escaped($0))" } ?? ""
        var lines = ["VM \(escaped(policy.policy.vm)): \(rules)\(place)."]
        let refusals = policy.refusals
        if !refusals.isEmpty {
            lines.append("Not granted:")
            for refusal in refusals {
                let text = Page.wrap(refusal.text, width: page.columns - 4)
                lines += text.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
            }
        }
        if let file {
            lines.append("Next: read it, then `openhook check --strict \(escaped(file))`.")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    var json: JSONOutput {
        var fields: [JSONField] = []
        fields.add("vm", bytes: policy.policy.vm)
        if let file { fields.add("file", bytes: file) }
        fields.append(JSONField("rules", .array(policy.policy.rules.map(object))))
        fields.append(JSONField("not_granted", texts(.refusal)))
        fields.append(JSONField("notes", texts(.note)))
        fields.add("policy", bytes: policy.text)
        return .object(fields)
    }

    private func object(_ rule: Rule) -> JSONOutput {
        var fields = [JSONField("line", rule.span.line)]
        fields.add("rule", bytes: rule.text)
        if let name = rule.exactName { fields.add("path", bytes: name.bytes) }
        fields.append(JSONField("access", rule.access.word))
        fields.append(JSONField("creates", .bool(rule.creation != nil)))
        return .object(fields)
    }

    private func texts(_ kind: Remark.Kind) -> JSONOutput {
        .array(policy.remarks.filter { $0.kind == kind }.map { .text($0.text) })
    }
}
