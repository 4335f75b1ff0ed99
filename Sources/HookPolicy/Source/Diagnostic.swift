/// Something about a policy that its author should know: an error, or a warning.
package struct Diagnostic: Error, Sendable {
    package enum Severity: Sendable, Hashable {
        /// The policy is not used.
        case error
        /// The policy is used.
        case warning
    }

    /// Another place that has to do with it.
    package struct Note: Sendable, Hashable {
        package let message: String
        package let span: SourceSpan?

        package init(_ message: String, at span: SourceSpan? = nil) {
            self.message = message
            self.span = span
        }
    }

    package let severity: Severity
    package let span: SourceSpan
    package let message: String
    /// What was perhaps meant: a word of the language.
    package let suggestion: String?
    package let notes: [Note]

    package init(
        _ severity: Severity, at span: SourceSpan, _ message: String, suggestion: String? = nil, notes: [Note] = []
    ) {
        self.severity = severity
        self.span = span
        self.message = message
        self.suggestion = suggestion
        self.notes = notes
    }

    /// `file:line:column: error: …`, the line, and a caret below the place; then the notes, in the same way.
    ///
    /// The lines are parted by `\n`; there is none at the end.
    package func render(in sources: SourceMap) -> String {
        let word =
            switch severity {
            case .error: "error"
            case .warning: "warning"
            }
        let question = suggestion.map { ", did you mean `\($0)`?" } ?? ""
        let first = excerpt(in: sources, at: span, heading: "\(word): \(message)\(question)")
        return notes.reduce(into: first) { text, note in
            text += "\n"
            if let span = note.span {
                text += excerpt(in: sources, at: span, heading: "note: \(note.message)")
            } else {
                text += "note: \(note.message)"
            }
        }
    }

    private func excerpt(in sources: SourceMap, at span: SourceSpan, heading: String) -> String {
        let position = "\(sources.describe(span)):\(span.column)"
        let line = sources.line(of: span)
        guard !line.isEmpty else { return "\(position): \(heading)" }
        return "\(position): \(heading)\n" + SourceExcerpt(of: line, marking: span).text
    }
}
