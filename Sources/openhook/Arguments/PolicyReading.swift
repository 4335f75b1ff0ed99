import ArgumentParser
import HookLinux
import HookPolicy
import HookServer

/// Reading a policy for a verb that asks it questions: nothing that it names is opened. `openhook check` says whether a
/// server would use it.
extension FileName {
    /// - Throws: `Failure` of usage, with the policy's errors.
    func parsePolicy(_ ownership: PolicyLoader.Ownership = .anyone) throws -> Policy {
        let loader = try policyLoader(ownership)
        do throws(PolicyLoader.Failure) { return try loader.parse().policy } catch { throw failure(error) }
    }

    func policyLoader(_ ownership: PolicyLoader.Ownership) throws -> PolicyLoader {
        PolicyLoader(reading: try path(), ownership, pipes: .awaited)
    }

    func failure(_ failure: PolicyLoader.Failure) -> Failure {
        guard case .wrong(let diagnostics, let sources) = failure else {
            return Failure(.usage, self, as: .policy, "\(failure)")
        }
        return Failure(
            .usage, self, as: .policy, "the policy has errors, so no server uses it", diagnostics, in: sources)
    }
}

/// Whose a policy's file may be.
struct OwnershipOption: ParsableArguments {
    @Flag(help: "Accept a policy that others than root and this user can write.")
    var allowWritablePolicy = false

    var ownership: PolicyLoader.Ownership { allowWritablePolicy ? .anyone : .checked }
}
