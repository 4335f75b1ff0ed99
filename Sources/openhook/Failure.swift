import HookAudit
import HookPolicy

/// Why a verb could not do its work: said on standard error, with what to do next, and to programs as an object.
struct Failure: Error {
    let status: ExitStatus
    private let reason: String
    private let file: (name: FileName, role: Role)?
    private let diagnostics: [Diagnostic]
    private let sources: SourceMap

    /// What a file is to a verb; for programs the name of the field.
    enum Role: String { case file, policy }

    init(_ status: ExitStatus, _ reason: String) {
        self.init(status, nil, reason, [], SourceMap())
    }

    /// About a file, whose name stands before the reason.
    init(_ status: ExitStatus, _ file: FileName, as role: Role = .file, _ reason: String) {
        self.init(status, (file, role), reason, [], SourceMap())
    }

    /// About the text of a file, whose errors stand before the reason.
    init(
        _ status: ExitStatus, _ file: FileName, as role: Role = .file, _ reason: String, _ diagnostics: [Diagnostic],
        in sources: SourceMap
    ) {
        self.init(status, (file, role), reason, diagnostics, sources)
    }

    private init(
        _ status: ExitStatus, _ file: (FileName, Role)?, _ reason: String, _ diagnostics: [Diagnostic],
        _ sources: SourceMap
    ) {
        self.status = status
        self.file = file
        self.reason = reason
        self.diagnostics = diagnostics.filter { $0.severity == .error }
        self.sources = sources
    }

    /// With a line feed at the end.
    ///
    /// - Parameter form: for programs the errors of a text are in ``json`` alone.
    func message(_ form: AnswerForm) -> String {
        let named = diagnostics.isEmpty ? file.map { "\($0.name.shown): " } ?? "" : ""
        let errors = form == .text ? diagnostics.map { $0.render(in: sources) + "\n" }.joined() : ""
        return "\(errors)openhook: \(named)\(reason)\n"
    }

    /// That there is no answer, and why.
    var json: JSONOutput {
        var fields = [JSONField("answer", "none")]
        if let file { fields.add(file.role.rawValue, bytes: file.name.bytes) }
        if !diagnostics.isEmpty {
            fields.append(JSONField("diagnostics", .array(diagnostics.map { $0.json(in: sources) })))
        }
        return .object(fields + [JSONField("reason", reason)])
    }
}
