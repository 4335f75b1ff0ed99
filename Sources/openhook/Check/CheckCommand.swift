import ArgumentParser
import HookLinux
import HookPolicy
import HookServer

/// `openhook check`: all that is wrong with a policy.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say all that is wrong with a policy, as openhookd would at its start.",
        usage: "openhook check [<options>] <policy>",
        discussion: """
            Reads the policy and its includes, looks up the users that it names and opens its roots, with the rights \
            of whoever runs this. Errors and warnings go to standard error.

            Examples:
              openhook check /etc/openhook/web01.policy
              openhook check --strict --print web01.policy > web01.normal

            Exit status:
              0  the policy is good; warnings count with --strict alone
              2  it has errors, or wrong usage
            """)

    @Flag(help: "Take warnings for errors.")
    var strict = false

    @Flag(name: .customLong("print"), help: "Print the policy in its normal form: includes and variables resolved.")
    var printsNormalForm = false

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Accept a file that others than root and this user can write.")
    var allowWritablePolicy = false

    @Argument(help: ArgumentHelp("The policy's file.", valueName: "policy"))
    var policy: FileName

    func run() throws {
        let loader = PolicyLoader(reading: try policy.path(), allowWritablePolicy ? .anyone : .checked)
        let inspection: PolicyInspection
        do throws(PolicyLoader.Failure) { inspection = try loader.inspect() } catch {
            throw Failure(.usage, "\(policy.shown): \(error)")
        }
        let report = CheckReport(
            inspection, file: policy.bytes, warnings: strict ? .counted : .tolerated,
            normalForm: printsNormalForm ? .shown : .notShown)
        if json { report.json.print() } else { report.write(on: .standard) }
        try end(report.isGood ? .good : .usage)
    }
}
