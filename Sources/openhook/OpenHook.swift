import ArgumentParser
import HookLinux

/// `openhook`: the admin's command.
@main
struct OpenHook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openhook",
        abstract: "Start a VM that opens what its policy grants; check, explain and try out policies.",
        discussion: """
            openhookd opens files for one QEMU process as its policy allows. This command starts such a QEMU, and is \
            for those who write the policies.

            New here? Run `openhook demo`: it needs no root, no SELinux and no set-up.
            """,
        version: "openhook 0.1",
        subcommands: [
            RunCommand.self, DemoCommand.self, CheckCommand.self, ExplainCommand.self, GenerateCommand.self,
            LearnCommand.self, TestCommand.self, DiffCommand.self, DriftCommand.self, OpenCommand.self,
        ])

    /// In the place of the library's own, which ends with status 64 after wrong usage; here that is 2, as in openhookd.
    static func main() {
        do {
            try Emulator.runIfCalled()
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            StandardStream.error.write("openhook: \(failure.message)\n")
            ThisProcess.exit(failure.status.rawValue)
        } catch let said as Launching.Said {
            ThisProcess.exit(said.status)
        } catch {
            end(error)
        }
    }

    private static func end(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        let text = fullMessage(for: error, columns: Page.standard.columns)
        if !text.isEmpty { (code.isSuccess ? StandardStream.output : .error).write(text + "\n") }
        ThisProcess.exit(code == .validationFailure ? ExitStatus.usage.rawValue : code.rawValue)
    }
}
