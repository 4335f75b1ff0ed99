import ArgumentParser
import HookAudit
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

            Exit status:
              0  yes: granted, good, as expected
              1  no
              2  wrong usage, a text that is not what it should be, or a policy that
                 cannot be used
              3  something is missing: a file, a process, a server; or the answer cannot
                 be written
              4  open: the file is open, but reading or writing failed
            What that means for a verb is in its own help. With --json an answer that
            cannot be given is an object, too: {"answer":"none","reason":…}; wrong usage
            is told in plain text alone.
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
            do { try command.run() } catch { fail(error, command as? any AnsweringCommand) }
        } catch {
            fail(error, nil)
        }
    }

    /// - Parameter verb: what was to be done; nil before that is known, and for verbs that have one form of answers.
    private static func fail(_ error: any Error, _ verb: (any AnsweringCommand)?) -> Never {
        switch error {
        case let failure as Failure: end(failure, verb)
        case let said as Launching.Said: end(said, verb)
        default: end(error, verb)
        }
    }

    private static func end(_ failure: Failure, _ verb: (any AnsweringCommand)?) -> Never {
        tell(failure.json, verb)
        StandardError.write(failure.message(verb?.form ?? .text))
        ThisProcess.exit(failure.status.rawValue)
    }

    private static func end(_ said: Launching.Said, _ verb: (any AnsweringCommand)?) -> Never {
        tell(
            Failure(.environment, "the broker has ended with status \(said.status): standard error says why").json, verb
        )
        ThisProcess.exit(said.status)
    }

    /// What the library has to say: help, wrong usage, and the statuses of verbs that have answered.
    private static func end(_ error: any Error, _ verb: (any AnsweringCommand)?) -> Never {
        let code = exitCode(for: error)
        let text = fullMessage(for: error, columns: Page.standard.columns)
        if !text.isEmpty {
            do throws(Failure) {
                try (code.isSuccess ? AnswerStream.output : .error).write(text + "\n")
            } catch {
                end(error, nil)
            }
        }
        if error is ExitCode || code.isSuccess { ThisProcess.exit(code.rawValue) }
        let status: ExitStatus = code == .validationFailure ? .usage : .environment
        tell(Failure(status, message(for: error)).json, verb)
        ThisProcess.exit(status.rawValue)
    }

    /// If that cannot be written either, standard error says enough.
    private static func tell(_ json: JSONOutput, _ verb: (any AnsweringCommand)?) {
        guard let verb, verb.form == .json else { return }
        try? verb.stream.write(json)
    }
}
