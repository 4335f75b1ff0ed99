import ArgumentParser
import HookLinux
import HookPolicy
import HookServer

/// `openhook check`: all that is wrong with a policy.
struct CheckCommand: AnsweringCommand {
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
              1  it is good, and openhookd with a listening socket would not start with
                 it on this system: with --strict alone
              2  it has errors, or wrong usage
            """)

    @Flag(help: "Take warnings for errors, and a server that would not start here for a no.")
    var strict = false

    @Flag(name: .customLong("print"), help: "Print the policy in its normal form: includes and variables resolved.")
    var printsNormalForm = false

    @OptionGroup var formOption: FormOption

    @OptionGroup var ownership: OwnershipOption

    @Argument(help: ArgumentHelp("The policy's file.", valueName: "policy"))
    var policy: FileName

    var form: AnswerForm { formOption.form }

    func run() throws {
        let loader = try policy.policyLoader(ownership.ownership)
        let inspection: PolicyInspection
        do throws(PolicyLoader.Failure) { inspection = try loader.inspect() } catch { throw policy.failure(error) }
        let report = CheckReport(
            inspection, file: policy.bytes, warnings: strict ? .counted : .tolerated,
            normalForm: printsNormalForm ? .shown : .notShown)
        switch form {
        case .text: try report.write(on: .standard)
        case .json: try stream.write(report.json)
        }
        try end(report.status)
    }
}
