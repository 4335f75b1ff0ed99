internal import HookLinux
package import HookPolicy
internal import HookSELinux

/// A policy as it is in force: immutable, replaced whole.
///
/// It holds no descriptor, so that a thread with a descriptor table of its own may use it, and be the last to: see
/// `RootTable` for the directories.
package final class PolicyGeneration: Sendable {
    package let number: UInt64
    package let policy: Policy
    let denies: DenyRules
    let ways: WaysToGrants
    /// `as`, by root.
    let identities: [UserIdentity?]
    /// `owner`, by rule.
    let owners: [FileOwner?]
    let peers: PeerRules
    let labelCheck: LabelCheck
    /// Each root's directory, as the policy names it.
    let rootPaths: [SystemPath]
    /// What is known of each root's directory now.
    let rootKnowledge: RootKnowledge

    /// Who gets a created file.
    struct FileOwner: Sendable {
        let uid: UInt32
        let gid: UInt32
    }

    init(
        number: UInt64, policy: Policy, denies: DenyRules, identities: [UserIdentity?], owners: [FileOwner?],
        peers: PeerRules, labelCheck: LabelCheck, rootPaths: [SystemPath],
        rootKnowledge: RootKnowledge
    ) {
        self.number = number
        self.policy = policy
        ways = WaysToGrants(policy)
        self.denies = denies
        self.identities = identities
        self.owners = owners
        self.peers = peers
        self.labelCheck = labelCheck
        self.rootPaths = rootPaths
        self.rootKnowledge = rootKnowledge
    }

    /// See ``PeerRules/unnamedAskers(checkingLabels:)``.
    var unnamedAskers: UnnamedAskers? { peers.unnamedAskers(checkingLabels: labelCheck.mode != .off) }

    package func root(of rule: Rule.ID) -> Root { policy.roots[policy.rules[rule].root] }
}
