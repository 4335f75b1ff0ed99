package import HookSELinux

/// What in a policy is the cause of a denial.
package enum DenialReason: Sendable, Equatable {
    /// No rule allows these permissions: the one that would.
    case noRule(String)
    /// A rule allows them, and a constraint takes them away: its text, with the value of each of its terms.
    case constraint(Permissions, String)
    /// A role may not go over into the other.
    case role(Permissions)
    /// The type is bounded by another one, which may not do it.
    case bounds(Permissions)
}

extension DenialReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noRule(let rule): "no rule allows it: \(rule);"
        case .constraint(let permissions, let text): "a constraint forbids { \(permissions) }: \(text)"
        case .role(let permissions): "the roles forbid { \(permissions) }"
        case .bounds(let permissions): "the bounds of the subject's type forbid { \(permissions) }"
        }
    }
}
