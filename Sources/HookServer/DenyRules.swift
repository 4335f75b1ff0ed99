internal import HookLinux
internal import HookPolicy
internal import Synchronization

/// The `deny` statements of a policy generation, for the check of an object: by the kernel's name of it, and by what it
/// is.
final class DenyRules: Sendable {
    /// A `deny` of one name, which also holds for the object that has that name, whatever else it is called.
    struct ExactName: Sendable {
        let rule: Rule.ID
        let access: Access
        let path: SystemPath
        /// The device that the object was on when the policy was loaded; if there was none, the device of the directory
        /// that is to hold it. `nil` if not even that could be found out: then the name is always looked up.
        ///
        /// An object on another device is another object. So the name, whose way may lead to a file server that hangs,
        /// is not looked up for it.
        let device: Device?
    }

    struct Device: Sendable, Equatable {
        let major: UInt32
        let minor: UInt32

        init(of identity: FileIdentity) {
            major = identity.deviceMajor
            minor = identity.deviceMinor
        }
    }

    let exactNames: [ExactName]
    /// The roots that hold a `deny`.
    let roots: [Root.ID]
    private let policy: Policy
    /// The rules as they read in the kernel's own names of their roots.
    private let index: Mutex<DenyIndex>

    init(_ policy: Policy, _ known: [RootFacts?]) {
        self.policy = policy
        index = Mutex(policy.denyIndex(realDirectories: known.map { $0?.realName }))
        let denies = policy.rules.enumerated().filter { $1.verb == .deny }
        roots = Array(Set(denies.map(\.element.root))).sorted()
        exactNames = denies.flatMap { id, rule in
            rule.exactNames.compactMap { name in
                guard let path = try? SystemPath(name.bytes) else { return nil }
                return ExactName(rule: id, access: rule.access, path: path, device: Self.device(of: path))
            }
        }
    }

    private static func device(of path: SystemPath) -> Device? {
        var nearest = path
        while true {
            if let status = try? FileStatus.following(nearest) { return Device(of: status.identity) }
            guard nearest.count > 1 else { return nil }
            nearest.truncate(to: max(1, nearest.lastComponentStart - 1))
        }
    }

    var isEmpty: Bool { roots.isEmpty }

    /// The rule that denies an object of this name, the kernel's.
    func rule(denying name: borrowing Span<UInt8>, _ access: Access) -> Rule.ID? {
        index.withLock { $0 }.rule(denying: name, access)
    }

    /// Spells the rules anew, after a root proved to be another directory.
    func respell(_ knowledge: RootKnowledge) {
        let names = policy.roots.indices.map { knowledge[$0]?.realName }
        let fresh = policy.denyIndex(realDirectories: names)
        index.withLock { $0 = fresh }
    }
}
