import HookAudit
import HookAuthoring
import HookPolicy
import HookServer

/// What `openhook test` says.
struct TestReport {
    let policy: Policy
    /// The file of cases.
    let sources: SourceMap
    let results: [CaseResult]

    var failureCount: Int { results.count { $0.failure != nil } }

    /// For people: the failures, and how many cases there are.
    var text: String {
        var text = ""
        for result in results {
            guard let failure = result.failure else { continue }
            text += "FAIL \(place(result)): \(words(result))\n"
            for line in lines(failure, result.policyCase) { text += "     \(line)\n" }
        }
        let passed = results.count - failureCount
        return text
            + "\(results.count) case\(results.count == 1 ? "" : "s"): \(passed) as expected, \(failureCount) not\n"
    }

    /// <https://testanything.org>
    var tap: String {
        var text = "TAP version 13\n1..\(results.count)\n"
        for (index, result) in results.enumerated() {
            // A `#` would begin a directive.
            let words = words(result).replacing("\\", with: "\\\\").replacing("#", with: "\\#")
            text += "\(result.failure == nil ? "ok" : "not ok") \(index + 1) - \(words)\n"
            guard let failure = result.failure else { continue }
            for line in [place(result)] + lines(failure, result.policyCase) { text += "# \(line)\n" }
        }
        return text
    }

    var json: JSONOutput {
        .object([
            JSONField("cases", results.count), JSONField("failed", failureCount),
            JSONField("results", .array(results.map(object))),
        ])
    }

    private func object(_ result: CaseResult) -> JSONOutput {
        var fields = [
            JSONField("line", result.policyCase.span.line), JSONField("ok", .bool(result.failure == nil)),
        ]
        fields.append(JSONField("expected", result.policyCase.expectation.rawValue))
        fields.append(JSONField("access", result.policyCase.access.word))
        fields.append(JSONField("create", .bool(result.policyCase.creates)))
        fields.add("name", bytes: result.policyCase.name)
        if let failure = result.failure {
            fields.append(JSONField("reasons", .array(lines(failure, result.policyCase).map(JSONOutput.text))))
        }
        return .object(fields)
    }

    // MARK: Words

    private func place(_ result: CaseResult) -> String { sources.describe(result.policyCase.span) }

    /// The case as it is written.
    private func words(_ result: CaseResult) -> String { escaped(sources.bytes(of: result.policyCase.span)) }

    private func lines(_ failure: CaseResult.Failure, _ expected: PolicyCase) -> [String] {
        switch failure {
        case .refused(let story):
            return ["refused: \(story.reason)"] + (story.suggestion.map { [policy.describe($0)] } ?? [])
        case .impossible(let reason): return ["no request can have this name: \(reason)"]
        case .granted(let rule): return ["granted: \(describe(rule))"]
        case .learned(let rule): return ["no rule grants it; \(describe(rule)) lets it through and records would-deny"]
        case .decidedBy(let rule):
            let place = expected.line.map { line in (line.file.map { escaped($0) + ":" } ?? "line ") + "\(line.line)" }
            let decided = rule.map { "it is \(describe($0))" } ?? "no rule does"
            return ["as expected, but \(place ?? "that line") does not decide: \(decided)"]
        }
    }

    private func describe(_ rule: Rule.ID) -> String { "\(policy.describe(rule)): \(escaped(policy.rules[rule].text))" }
}
