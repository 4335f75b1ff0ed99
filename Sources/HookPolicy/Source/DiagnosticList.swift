/// The diagnostics of one policy, in the order in which they were found.
///
/// A file that is no policy at all has an error in every line: after a thousand, reading stops.
struct DiagnosticList {
    private(set) var items: [Diagnostic] = []
    private var errorCount = 0
    private var warningCount = 0
    /// Whether reading is to stop.
    private(set) var isClosed = false

    static let mostErrors = 1000
    static let mostWarnings = 1000

    var hasErrors: Bool { errorCount > 0 }

    mutating func add(_ diagnostic: Diagnostic) {
        guard !isClosed else { return }
        switch diagnostic.severity {
        case .error: addError(diagnostic)
        case .warning: addWarning(diagnostic)
        }
    }

    /// Reports an error after which the rest of the text means nothing.
    mutating func addLast(_ diagnostic: Diagnostic) {
        add(diagnostic)
        isClosed = true
    }

    private mutating func addError(_ diagnostic: Diagnostic) {
        items.append(diagnostic)
        errorCount += 1
        guard errorCount == DiagnosticList.mostErrors else { return }
        let rest = Diagnostic.Note("this is error \(errorCount): the rest of the policy was not read")
        items[items.count - 1] = Diagnostic(
            .error, at: diagnostic.span, diagnostic.message, suggestion: diagnostic.suggestion,
            notes: diagnostic.notes + [rest])
        isClosed = true
    }

    private mutating func addWarning(_ diagnostic: Diagnostic) {
        warningCount += 1
        guard warningCount <= DiagnosticList.mostWarnings else { return }
        items.append(diagnostic)
    }
}
