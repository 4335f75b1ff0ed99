import ArgumentParser
import HookLinux
import HookPolicy
import HookSELinux
import HookServer
import HookWire

/// `openhook explain`: what a policy says to one request, and why.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a policy answers to one request, by which rule, and what to add if it refuses.",
        usage: "openhook explain [<options>] <policy> <path>",
        discussion: """
            The server's own stages decide, as far as no file is touched: flags, name, rule and, with --peer-label, \
            the label. With --create the question is about a file that is missing.

            Examples:
              openhook explain web01.policy /srv/web01.qcow2 --access rw
              openhook explain web01.policy /srv/snap1.qcow2 --access rw --create
              openhook explain web01.policy /srv/web01.qcow2 --peer-label \\
                system_u:system_r:svirt_t:s0:c1,c2
              openhook explain web01.policy /srv/web01.qcow2 --access rw \\
                --peer-label system_u:system_r:svirt_t:s0:c1,c2 \\
                --selinux-policy /etc/selinux/default/policy/policy.33

            Exit status:
              0  granted
              1  refused
              2  the policy has errors, or wrong usage
              3  the SELinux policy cannot be read, or does not know a label
            """)

    @Argument(help: ArgumentHelp("The policy's file.", valueName: "policy"))
    var policy: FileName

    @Argument(help: ArgumentHelp("The file, as QEMU would name it.", valueName: "path"))
    var path: FileName

    @OptionGroup var request: RequestOptions

    @OptionGroup var labels: LabelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let parsed = try parse()
        let selinux = try labels.policy()
        let question = PolicyQuestion(
            name: path.bytes, flags: request.value.rawValue, peerLabel: labels.peerLabel, objectLabel: labels.object)
        let answer = question.answer(by: parsed.policy, asking: selinux?.authority ?? .kernel(LibSELinux()))
        let report = ExplainReport(
            policy: parsed.policy, asked: path.bytes, flags: request.value, answer: answer,
            reasons: selinux?.reasons(for: answer) ?? [])
        if json { report.json.print() } else { StandardStream.output.write(report.text(on: .standard)) }
        try end(report.isGranted ? .good : .refused)
    }

    private func parse() throws -> PolicyLoader.Parsed {
        // Whoever may write the policy: nothing is opened. `openhook check` says whether a server would use it.
        let loader = PolicyLoader(reading: try policy.path(), .anyone)
        do throws(PolicyLoader.Failure) { return try loader.parse() } catch .wrong(let diagnostics, let sources) {
            let errors = diagnostics.filter { $0.severity == .error }
            if json {
                printError([JSONField("diagnostics", .array(errors.map { $0.json(in: sources) }))])
            } else {
                for error in errors { StandardStream.error.write(error.render(in: sources) + "\n") }
            }
            throw Failure(.usage, "the policy has errors, so no server uses it")
        } catch {
            if json { printError([JSONField("reason", "\(error)")]) }
            throw Failure(.usage, "\(policy.shown): \(error)")
        }
    }

    /// For programs: that there is no answer, and why.
    private func printError(_ why: [JSONField]) {
        var fields = [JSONField("answer", "none")]
        fields.add("policy", bytes: policy.bytes)
        JSONValue.object(fields + why).print()
    }
}
