import ArgumentParser
import HookAuthoring
import HookLinux
import HookPolicy
import SystemPackage

/// `openhook test`: whether a policy says what its author expects.
struct TestCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Try a policy against a file of cases: what must be granted, what must be refused.",
        usage: "openhook test [<options>] <policy> <cases>",
        discussion: """
            A case a line, words and names written as in a policy, with its variables:

              allow rw /srv/images/${vm}.qcow2
              deny  ro /srv/images/web02.qcow2
              allow create /srv/images/snapshots/monday.qcow2
              deny  rw /srv/images/base/debian-12.qcow2 line 10

            `create` asks for a missing file to be made. `line N` says which rule must decide (FILE:N for an \
            include's). The server's own stages answer, as for `openhook explain`; no file is touched. What only a \
            `learn` statement lets through is neither allowed nor denied: such a case fails.

            Examples:
              openhook test web01.policy web01.cases
              prove -e "openhook test --tap web01.policy" web01.cases

            Exit status:
              0  every case is as expected
              1  some are not
              2  the policy or the file of cases has errors, or wrong usage
              3  the file of cases cannot be read
            """)

    @Argument(help: ArgumentHelp("The policy's file.", valueName: "policy"))
    var policy: FileName

    @Argument(help: ArgumentHelp("The file of cases; - is standard input.", valueName: "cases"))
    var cases: FileName

    @Flag(help: "Print TAP, the Test Anything Protocol.")
    var tap = false

    @OptionGroup var formOption: FormOption

    func validate() throws {
        if tap, form == .json { throw ValidationError("--tap and --json both say how to print: leave one of them out") }
    }

    var form: AnswerForm { formOption.form }

    func run() throws {
        let policy = try policy.parsePolicy()
        let text = try cases.contents(limit: 64 << 20)
        let (read, errors) = PolicyCase.read(text, for: policy)
        let sources = SourceMap(files: [SourceFile(name: cases.bytes, bytes: text)])
        guard errors.isEmpty else {
            throw Failure(.usage, cases, "the file of cases has errors, so none was tried", errors, in: sources)
        }
        let report = TestReport(policy: policy, sources: sources, results: read.map { $0.result(by: policy) })
        try say(tap ? report.tap : report.text, json: report.json)
        try end(report.failureCount == 0 ? .good : .refused)
    }
}
