internal import HookPolicy
internal import HookSELinux
internal import Synchronization

/// A policy generation with its directories. It belongs to the process's own descriptor table.
final class PolicyInForce: Sendable {
    let generation: PolicyGeneration
    let roots: RootTable

    init(_ generation: PolicyGeneration, _ roots: RootTable) {
        self.generation = generation
        self.roots = roots
    }

    /// Says whatever this policy leaves unchecked.
    func warn(_ tell: (String) -> Void) {
        switch generation.labelCheck.mode {
        case .enforcing: break
        case .permissive: tell("warning: SELinux is permissive: what it denies is granted, and recorded")
        case .off: tell("warning: no label is checked: `selinux off`, or no SELinux in this kernel")
        }
        let policy = generation.policy
        for rule in policy.rules where rule.verb == .learn {
            tell("warning: learning: \(policy.sources.describe(rule.span)) grants what no rule does")
        }
    }
}

/// The policy that is in force now. A request takes it once and is decided by it whole, whatever is loaded meanwhile.
final class PolicyStore: Sendable {
    private let inForce: Mutex<PolicyInForce>
    /// The number of the generation in force.
    private let number: Atomic<UInt64>

    init(_ first: PolicyInForce) {
        inForce = Mutex(first)
        number = Atomic(first.generation.number)
    }

    var current: PolicyInForce { inForce.withLock { $0 } }

    func isCurrent(_ generation: PolicyGeneration) -> Bool {
        number.load(ordering: .acquiring) == generation.number
    }

    func replace(with next: PolicyInForce) {
        // The old one, and its directories, go outside of the lock.
        _ = inForce.withLock { inForce in
            let old = inForce
            inForce = next
            number.store(next.generation.number, ordering: .releasing)
            return old
        }
    }
}
