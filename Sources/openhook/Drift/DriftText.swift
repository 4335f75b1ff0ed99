import HookAudit
import HookAuthoring
import HookPolicy

/// What `openhook drift` says.
struct DriftText {
    let report: DriftReport
    let policy: Policy
    let file: [UInt8]
    /// What the policy was compared with.
    let source: String

    func text(on page: Page) -> String {
        guard !report.isEmpty else { return "\(escaped(file)): agrees with \(source).\n" + notes(on: page) }
        var text = ""
        for need in report.needs {
            var card = Card("used, not granted: \(need.access.word) \(escaped(need.name))")
            card.add("for", need.role)
            card.add("why", need.reason)
            if let advice = need.advice { card.add("do", advice, .whole) }
            text += card.text(on: page)
        }
        for surplus in report.surplus {
            let rule = policy.rules[surplus.rule]
            var card = Card("granted, not used: \(escaped(rule.text))")
            card.add("rule", policy.describe(surplus.rule))
            if case .beyond(let access) = surplus.extent {
                card.add("used", "for \(access.word) alone")
            }
            text += card.text(on: page)
        }
        return text + notes(on: page)
    }

    private func notes(on page: Page) -> String {
        report.remarks.map { remark in
            let word = remark.kind == .refusal ? "not compared" : "note"
            return Page.wrap("\(word): \(remark.text)", width: page.columns).joined(separator: "\n      ") + "\n"
        }.joined()
    }

    private func texts(_ kind: Remark.Kind) -> JSONOutput {
        .array(report.remarks.filter { $0.kind == kind }.map { .text($0.text) })
    }

    var json: JSONOutput {
        var fields: [JSONField] = []
        fields.add("policy", bytes: file)
        fields += [
            JSONField("agrees", .bool(report.isEmpty)), JSONField("source", source),
            JSONField("used_not_granted", .array(report.needs.map(object))),
            JSONField("granted_not_used", .array(report.surplus.map(object))),
            JSONField("not_compared", texts(.refusal)), JSONField("notes", texts(.note)),
        ]
        return .object(fields)
    }

    private func object(_ need: DriftReport.Need) -> JSONOutput {
        var fields: [JSONField] = []
        fields.add("name", bytes: need.name)
        fields += [
            JSONField("access", need.access.word), JSONField("for", need.role), JSONField("reason", need.reason),
        ]
        if let advice = need.advice { fields.append(JSONField("advice", advice)) }
        return .object(fields)
    }

    private func object(_ surplus: DriftReport.Surplus) -> JSONOutput {
        var fields = [JSONField("rule", policy.describe(surplus.rule))]
        fields.add("text", bytes: policy.rules[surplus.rule].text)
        if case .beyond(let access) = surplus.extent { fields.append(JSONField("used_for", access.word)) }
        return .object(fields)
    }
}
