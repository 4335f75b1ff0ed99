import ArgumentParser
import HookLinux
import HookPolicy
import HookSELinux
import HookServer
import HookWire

/// `openhook explain`: what a policy says to one request, and why.
struct ExplainCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a policy answers to one request, by which rule, and what to add if it refuses.",
        usage: """
            openhook explain [<options>] <policy> <path>
            openhook explain --record <file> [<policy>]
            """,
        discussion: """
            The server's own stages decide, as far as no file is touched: flags, name, rule and, with --peer-label, \
            the label. With --create the question is about a file that is missing.

            With --record the lines of an audit trail are told in words, and, if a policy is named, what that policy \
            says to each request now.

            Examples:
              openhook explain web01.policy /srv/web01.qcow2 --access rw
              openhook explain web01.policy /srv/snap1.qcow2 --access rw --create
              openhook explain web01.policy /srv/web01.qcow2 --peer-label \\
                system_u:system_r:svirt_t:s0:c1,c2
              tail -1 web01.jsonl | openhook explain --record -
              openhook explain web01.policy /srv/web01.qcow2 --access rw \\
                --peer-label system_u:system_r:svirt_t:s0:c1,c2 \\
                --selinux-policy /etc/selinux/default/policy/policy.33

            Exit status:
              0  granted; with --record: told
              1  refused
              2  the policy has errors, a line is no audit record, or wrong usage
              3  the records or the SELinux policy cannot be read, or that policy does not
                 know a label
            """)

    @Argument(help: ArgumentHelp("The policy's file.", valueName: "policy"))
    var policy: FileName?

    @Argument(help: ArgumentHelp("The file, as QEMU would name it.", valueName: "path"))
    var path: FileName?

    @Option(help: ArgumentHelp("Tell the audit records in this file; - for standard input.", valueName: "file"))
    var record: FileName?

    @OptionGroup var request: RequestOptions

    @OptionGroup var labels: LabelOptions

    @OptionGroup var formOption: FormOption

    func validate() throws {
        guard record == nil else {
            if path != nil { throw ValidationError("--record goes without a path: the records name the files") }
            if let stray = request.given.first ?? labels.given.first {
                throw ValidationError("\(stray) goes without --record: a record says what was asked")
            }
            return
        }
        if policy == nil { throw ValidationError("Missing expected argument '<policy>'") }
        if path == nil { throw ValidationError("Missing expected argument '<path>'") }
    }

    var form: AnswerForm { formOption.form }

    func run() throws {
        let policy = try policy?.parsePolicy()
        if let record { return try RecordReport(record, policy: policy).write(to: stream, form) }
        guard let policy, let path else { return }
        let selinux = try labels.policy()
        let question = PolicyQuestion(
            name: path.bytes, flags: request.value.rawValue, peerLabel: labels.peerLabel, objectLabel: labels.object)
        let answer = question.answer(by: policy, asking: selinux?.authority ?? .kernel(LibSELinux()))
        let report = ExplainReport(
            policy: policy, asked: path.bytes, flags: request.value, answer: answer,
            reasons: selinux?.reasons(for: answer) ?? [])
        try say(report.text(on: .standard), json: report.json)
        try end(report.isGranted ? .good : .refused)
    }
}
