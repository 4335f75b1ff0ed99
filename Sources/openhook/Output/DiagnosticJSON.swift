import HookAudit
import HookPolicy

/// An error or a warning of a policy, for programs: `check` and `explain` print it alike.
extension Diagnostic {
    func json(in sources: SourceMap) -> JSONOutput {
        var fields = [JSONField("severity", severity == .error ? "error" : "warning")]
        fields += span.json(in: sources)
        fields.append(JSONField("message", message))
        if let suggestion { fields.append(JSONField("suggestion", suggestion)) }
        if !notes.isEmpty {
            let notes = notes.map { note in
                JSONOutput.object((note.span.map { $0.json(in: sources) } ?? []) + [JSONField("message", note.message)])
            }
            fields.append(JSONField("notes", .array(notes)))
        }
        return .object(fields)
    }
}

extension SourceSpan {
    func json(in sources: SourceMap) -> [JSONField] {
        var fields: [JSONField] = []
        if sources.files.indices.contains(file) { fields.add("file", bytes: sources.files[file].name) }
        return fields + [JSONField("line", line), JSONField("column", column), JSONField("length", length)]
    }
}
