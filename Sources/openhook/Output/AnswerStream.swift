import HookAudit
import HookLinux
import SystemPackage

/// Where a verb says what it found out.
enum AnswerStream {
    case output
    /// Where something else goes to standard output.
    case error

    /// - Parameter status: with what the verb ends if the answer cannot be written.
    func write(_ text: String, orElse status: ExitStatus = .environment) throws(Failure) {
        try write(bytes: Array(text.utf8), orElse: status)
    }

    func write(bytes: [UInt8], orElse status: ExitStatus = .environment) throws(Failure) {
        switch self {
        case .error: StandardError.write(bytes: bytes)
        case .output:
            do throws(Errno) { try StandardOutput.write(bytes: bytes) } catch {
                throw Failure(status, "standard output cannot be written: \(error.described)")
            }
        }
    }

    func write(_ json: JSONOutput, orElse status: ExitStatus = .environment) throws(Failure) {
        try write(bytes: json.line, orElse: status)
    }
}
