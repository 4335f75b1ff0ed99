import SystemPackage

/// Why nothing can be measured.
enum BenchError: Error {
    case system(Errno, doing: String)
    case cannotStart(String, Errno)
    case endedBeforeReady(String, status: Int32, messages: String)
    case notReady(String, milliseconds: Int32)
    case unexpectedAnswer(String, request: String, answer: Int32, expected: Int32)
    case wentAway(String)
    case bootFailed(String, String)
}

extension BenchError: CustomStringConvertible {
    var description: String {
        switch self {
        case .system(let errno, let action): "cannot \(action): \(errno)"
        case .cannotStart(let program, let errno): "cannot start '\(program)': \(errno)"
        case .endedBeforeReady(let program, let status, let messages) where status >= 256:
            "'\(program)' was ended by signal \(status - 256) before it was ready\n\(messages)"
        case .endedBeforeReady(let program, let status, let messages):
            "'\(program)' ended with status \(status) before it was ready; it said:\n\(messages)"
        case .notReady(let program, let milliseconds):
            "'\(program)' wrote nothing to --ready-fd within \(milliseconds) ms"
        case .unexpectedAnswer(let program, let request, let answer, let expected):
            "'\(program)' gave \(Self.words(answer)) where \(Self.words(expected)) was expected (\(request) requests)"
        case .bootFailed(let program, let ending): "'\(program)' did not boot the sector that ends QEMU: \(ending)"
        case .wentAway(let program): "'\(program)' closed the connection while it was measured"
        }
    }

    private static func words(_ answer: Int32) -> String {
        answer == 0 ? "a descriptor" : "'\(Errno(rawValue: 0 &- answer))'"
    }
}

/// Turns what a function of the yardstick returned into a value or an error that says what was tried.
@discardableResult
func check(_ result: Int32, _ action: @autoclosure () -> String) throws(BenchError) -> Int32 {
    guard result < 0 else { return result }
    throw .system(Errno(rawValue: 0 &- result), doing: action())
}
