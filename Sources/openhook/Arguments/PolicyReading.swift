import HookLinux
import HookPolicy
import HookServer

/// Reading a policy for a verb that asks it questions: nothing that it names is opened, and whoever may write it is no
/// matter. `openhook check` says whether a server would use it.
extension FileName {
    /// - Parameter form: how its errors are written.
    /// - Throws: `Failure` of usage; the errors of the policy have been written then.
    func parsePolicy(errors form: ErrorForm = .text) throws -> Policy {
        let loader = PolicyLoader(reading: try path(), .anyone)
        do throws(PolicyLoader.Failure) { return try loader.parse().policy } catch .wrong(let diagnostics, let sources)
        {
            let errors = diagnostics.filter { $0.severity == .error }
            switch form {
            case .text: for error in errors { StandardStream.error.write(error.render(in: sources) + "\n") }
            case .json: printNoAnswer([JSONField("diagnostics", .array(errors.map { $0.json(in: sources) }))])
            }
            throw Failure(.usage, "the policy has errors, so no server uses it")
        } catch {
            if form == .json { printNoAnswer([JSONField("reason", "\(error)")]) }
            throw Failure(.usage, "\(shown): \(error)")
        }
    }

    /// For people, on the error stream; for programs, as the answer.
    enum ErrorForm { case text, json }

    /// For programs: that there is no answer, and why.
    private func printNoAnswer(_ why: [JSONField]) {
        var fields = [JSONField("answer", "none")]
        fields.add("policy", bytes: bytes)
        JSONValue.object(fields + why).print()
    }
}
