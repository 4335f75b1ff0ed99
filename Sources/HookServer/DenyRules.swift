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
        /// The device that the object was on when the policy was loaded, or a root had moved; if there was none, the device of the directory
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

    /// The roots that hold a `deny`.
    let roots: [Root.ID]
    private let policy: Policy

    /// What is true of the directories as they are now.
    private struct State {
        /// The rules as they read in the kernel's own names of their roots.
        var index: DenyIndex
        var exactNames: [ExactName]
    }
    private let state: Mutex<State>

    init(_ policy: Policy, _ known: [RootFacts?]) {
        self.policy = policy
        let denies = policy.rules.enumerated().filter { $1.verb == .deny }
        roots = Array(Set(denies.map(\.element.root))).sorted()
        let exactNames = denies.flatMap { id, rule in
            rule.exactNames.compactMap { name -> ExactName? in
                guard let path = try? SystemPath(name.bytes) else { return nil }
                return ExactName(rule: id, access: rule.access, path: path, device: Self.device(of: path))
            }
        }
        state = Mutex(
            State(index: policy.denyIndex(realDirectories: known.map { $0?.realName }), exactNames: exactNames))
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

    var exactNames: [ExactName] { state.withLock { $0.exactNames } }

    /// The rule that denies an object of this name, the kernel's.
    func rule(denying name: borrowing Span<UInt8>, _ access: Access) -> Rule.ID? {
        state.withLock { $0.index }.rule(denying: name, access)
    }

    /// Spells the rules anew, after a root proved to be another directory: it may also be on another device.
    func respell(_ knowledge: RootKnowledge) {
        let index = policy.denyIndex(realDirectories: policy.roots.indices.map { knowledge[$0]?.realName })
        let exactNames = exactNames.map { name in
            // The way to it may hang, and with it every request.
            if knowledge[policy.rules[name.rule].root]?.mount.reach == .canHang { return name }
            return ExactName(
                rule: name.rule, access: name.access, path: name.path, device: Self.device(of: name.path))
        }
        state.withLock { $0 = State(index: index, exactNames: exactNames) }
    }
}
