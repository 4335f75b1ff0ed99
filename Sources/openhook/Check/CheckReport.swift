import HookAudit
import HookLinux
import HookPolicy
import HookSELinux
import HookServer

/// What `openhook check` says.
struct CheckReport {
    enum Warnings { case tolerated, counted }
    enum NormalForm { case shown, notShown }

    let inspection: PolicyInspection
    let file: [UInt8]
    let warnings: Warnings
    let normalForm: [UInt8]?

    init(_ inspection: PolicyInspection, file: [UInt8], warnings: Warnings, normalForm: NormalForm) {
        self.inspection = inspection
        self.file = file
        self.warnings = warnings
        self.normalForm = normalForm == .shown ? inspection.policy.map(PolicyPrinter.print) : nil
    }

    var errorCount: Int { inspection.diagnostics.count { $0.severity == .error } }
    var warningCount: Int { inspection.diagnostics.count { $0.severity == .warning } }
    var isGood: Bool { errorCount == 0 && (warnings == .tolerated || warningCount == 0) }

    /// With what the verb ends.
    var status: ExitStatus {
        guard isGood else { return .usage }
        return warnings == .counted && !startsHere ? .refused : .good
    }

    /// Whether a server with a listening socket would start with the policy on this system.
    private var startsHere: Bool {
        if case .unavailable = inspection.labels { return false }
        return inspection.unnamedAskers == nil
    }

    /// Diagnostics to standard error; the rest to standard output, unless the normal form is there.
    func write(on page: Page) throws(Failure) {
        for diagnostic in inspection.diagnostics {
            StandardError.write(diagnostic.render(in: inspection.sources) + "\n")
        }
        let stream: AnswerStream = normalForm == nil && isGood ? .output : .error
        if !inspection.diagnostics.isEmpty { try stream.write("\n") }
        try stream.write(verdict + "\n")
        for remark in remarks {
            try stream.write(Page.wrap(remark, width: page.columns).joined(separator: "\n") + "\n")
        }
        if let normalForm { try AnswerStream.output.write(bytes: normalForm) }
    }

    private var verdict: String {
        var counts: [String] = []
        if errorCount > 0 { counts.append(Self.count(errorCount, "error")) }
        if warningCount > 0 { counts.append(Self.count(warningCount, "warning")) }
        let found = counts.isEmpty ? "" : ": " + counts.joined(separator: ", ")
        guard isGood, let policy = inspection.policy else {
            return "\(escaped(file)): not good\(found)"
        }
        let rules = Self.count(policy.rules.count, "rule")
        let roots = Self.count(policy.roots.count, "root")
        return "\(escaped(file)): good\(found). VM \(escaped(policy.vm)), \(rules), \(roots)."
    }

    private static func count(_ number: Int, _ thing: String) -> String {
        "\(number) \(thing)\(number == 1 ? "" : "s")"
    }

    /// What is no fault of the policy, and yet decides whether it serves here.
    var remarks: [String] {
        var remarks: [String] = []
        if let unnamed = inspection.unnamedAskers {
            remarks.append(
                "note: openhookd --socket would not start on this system without --peer-pid PID: \(unnamed).")
        }
        switch inspection.labels {
        case .unavailable(let failure): remarks.append("note: openhookd would not start on this system: \(failure)")
        case .notChecked(.policySaysOff): remarks.append("note: `selinux off`: no label is checked.")
        case .notChecked(.kernelHasNoLabels):
            remarks.append("note: this kernel has no SELinux, so no label would be checked here.")
        case .checked(.permissive): remarks.append("note: SELinux is permissive here: what it denies is granted.")
        case .checked, nil: break
        }
        return remarks
    }
}

extension CheckReport {
    var json: JSONOutput {
        var fields: [JSONField] = []
        fields.add("policy", bytes: file)
        fields += [
            JSONField("good", .bool(isGood)), JSONField("errors", errorCount), JSONField("warnings", warningCount),
            JSONField("diagnostics", .array(inspection.diagnostics.map { $0.json(in: inspection.sources) })),
            JSONField("notes", .array(remarks.map { .text($0.replacing("note: ", with: "", maxReplacements: 1)) })),
        ]
        if let policy = inspection.policy {
            fields.add("vm", bytes: policy.vm)
            fields += [JSONField("rules", policy.rules.count), JSONField("roots", policy.roots.count)]
        }
        if let normalForm { fields.add("normal_form", bytes: normalForm) }
        return .object(fields)
    }
}
