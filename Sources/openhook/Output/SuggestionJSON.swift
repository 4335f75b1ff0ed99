import HookAudit
import HookPolicy

/// A statement to write, and where, for programs: `explain` and `learn` print it alike.
extension Suggestion {
    func json(in sources: SourceMap) -> [JSONField] {
        var fields: [JSONField] = []
        fields.add("line", bytes: line)
        let (file, place) =
            switch self.place {
            case .after(let file, let line): (file, JSONField("after_line", line))
            case .replacing(let span): (span.file, JSONField("instead_of_line", span.line))
            }
        if sources.files.indices.contains(file) { fields.add("file", bytes: sources.files[file].name) }
        return fields + [place]
    }
}
