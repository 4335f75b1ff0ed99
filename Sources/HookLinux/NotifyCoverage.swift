/// Which of a notified process's names the broker acts on.
package enum NotifyCoverage: Sendable, Hashable, CaseIterable {
    /// Names that the policy is about. The rest the process does with its own rights, which something else must bound.
    case managedNames
    /// Every name: nothing is done with rights of the process's own.
    case strict
}
