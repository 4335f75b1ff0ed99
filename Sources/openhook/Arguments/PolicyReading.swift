import HookLinux
import HookPolicy
import HookServer

/// Reading a policy for a verb that asks it questions: nothing that it names is opened, and whoever may write it is no
/// matter. `openhook check` says whether a server would use it.
extension FileName {
    /// - Throws: `Failure` of usage; the errors of the policy have been written then.
    func parsePolicy() throws -> Policy {
        let loader = PolicyLoader(reading: try path(), .anyone)
        do throws(PolicyLoader.Failure) {
            return try loader.parse().policy
        } catch .wrong(let diagnostics, let sources) {
            for diagnostic in diagnostics where diagnostic.severity == .error {
                StandardStream.error.write(diagnostic.render(in: sources) + "\n")
            }
            throw Failure(.usage, "the policy has errors, so no server uses it")
        } catch {
            throw Failure(.usage, "\(shown): \(error)")
        }
    }
}
