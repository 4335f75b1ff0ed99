internal import Synchronization

/// A policy generation with its directories. It belongs to the process's own descriptor table.
final class PolicyInForce: Sendable {
    let generation: PolicyGeneration
    let roots: RootTable

    init(_ generation: PolicyGeneration, _ roots: RootTable) {
        self.generation = generation
        self.roots = roots
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
