internal import HookLinux
internal import HookPolicy
internal import HookSELinux

/// Why a policy is not used, for people.
extension PolicyLoader.Failure: CustomStringConvertible {
    /// All of it, without the file's name where that is not a part of each line.
    package var description: String {
        switch self {
        case .unreadable(let errno): "the policy cannot be read: \(errno.described)"
        case .untrusted(let reason): "the policy is not used: \(reason); --allow-writable-policy overrides this"
        case .wrong(let diagnostics, let sources):
            diagnostics.map { $0.render(in: sources) }.joined(separator: "\n")
        case .labels(let failure): failure.description
        }
    }
}

extension PolicyLoader {
    /// All of it, with the file's name: for a terminal or a log.
    package func describe(_ failure: Failure) -> String {
        switch failure {
        case .unreadable, .untrusted: "\(escaped(path.bytes)): \(failure)"
        case .wrong, .labels: failure.description
        }
    }

    /// One line, for the audit record.
    func summarize(_ failure: Failure) -> String {
        guard case .wrong(let diagnostics, let sources) = failure,
            let first = diagnostics.first(where: { $0.severity == .error })
        else { return describe(failure) }
        let others = diagnostics.count { $0.severity == .error } - 1
        return "\(sources.describe(first.span)): \(first.message)" + (others > 0 ? " (and \(others) more)" : "")
    }
}
