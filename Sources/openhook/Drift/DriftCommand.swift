import ArgumentParser
import HookAuthoring
import HookLinux
import HookPolicy
import HookServer

/// `openhook drift`: where a policy and its VM have come apart.
struct DriftCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Say what a VM uses that its policy does not grant, and the other way round.",
        usage: "openhook drift [<options>] <policy> --qmp <socket>",
        discussion: """
            Compares a policy with a libvirt domain, a command line, or the running VM: chains of images included. \
            A monitor tells of images alone; --pid and --qmp together tell most.

            Examples:
              openhook drift /etc/openhook/web01.policy --qmp /run/web01/qmp
              virsh dumpxml web01 | openhook drift web01.policy --libvirt -

            Exit status:
              0  they agree
              1  they do not: what is used is not granted, or what is granted is not
                 used; or something could not be compared
              2  the policy has errors, what was read is not what it should be, or wrong
                 usage
              3  no such process, no monitor, or a file that cannot be read
            """)

    @Argument(help: ArgumentHelp("The policy's file.", valueName: "policy"))
    var policy: FileName

    @OptionGroup var source: SourceOptions

    @OptionGroup var formOption: FormOption

    @OptionGroup var ownership: OwnershipOption

    var form: AnswerForm { formOption.form }

    func run() throws {
        let parsed = try policy.parsePolicy(ownership.ownership)
        let inventory = try source.inventory()
        let report = DriftReport(
            parsed, inventory, openFiles: try openFiles(), scope: source.scope, host: source.host)
        let text = DriftText(report: report, policy: parsed, file: policy.bytes, source: inventory.source)
        try say(text.text(on: .standard), json: text.json)
        try end(report.isEmpty ? .good : .refused)
    }

    private func openFiles() throws -> [FileUse] {
        guard let pid = source.pid else { return [] }
        do throws(ProcessReader.Failure) { return try ProcessReader.openFiles(of: pid) } catch {
            throw Failure(.environment, "\(error)")
        }
    }
}
