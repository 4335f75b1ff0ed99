import ArgumentParser
import HookAudit

/// For whom a verb answers.
enum AnswerForm {
    /// For people.
    case text
    /// For programs.
    case json
}

/// A verb with the option `--json`. What it cannot do is said as JSON, too: see ``OpenHook/main()``.
protocol AnsweringCommand: ParsableCommand {
    var form: AnswerForm { get }
    var stream: AnswerStream { get }
}

extension AnsweringCommand {
    var stream: AnswerStream { .output }

    /// Answers in the form that was asked for.
    func say(_ text: @autoclosure () -> String, json: @autoclosure () -> JSONOutput) throws(Failure) {
        switch form {
        case .text: try stream.write(text())
        case .json: try stream.write(json())
        }
    }
}

/// The option `--json`.
struct FormOption: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    var form: AnswerForm { json ? .json : .text }
}
