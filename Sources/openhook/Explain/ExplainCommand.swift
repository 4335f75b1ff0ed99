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

            Exit status:
              0  granted
              1  refused
              2  the policy has errors, or wrong usage
            """)

    @Argument(help: ArgumentHelp("The policy's file.", valueName: "policy"))
    var policy: FileName

    @Argument(help: ArgumentHelp("The file, as QEMU would name it.", valueName: "path"))
    var path: FileName

    @OptionGroup var request: RequestOptions

    @Option(
        help: ArgumentHelp("The label of the QEMU that asks: user:role:type:level.", valueName: "label"),
        transform: SecurityContext.reading)
    var peerLabel: SecurityContext?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let policy = try policy.parsePolicy()
        let question = PolicyQuestion(name: path.bytes, flags: request.value.rawValue, peerLabel: peerLabel)
        let answer = question.answer(by: policy, asking: LibSELinux())
        let report = ExplainReport(policy: policy, asked: path.bytes, flags: request.value, answer: answer)
        if json { report.json.print() } else { StandardStream.output.write(report.text(on: .standard)) }
        try end(report.isGranted ? .good : .refused)
    }
}
