internal import HookLinux
internal import HookPolicy
internal import Synchronization

/// Beneath which root a request is at work: what a thread that hangs hangs on.
///
/// A lane that was given up may come back while its connection is at another request, by another policy, and say where it
/// is itself: that is nothing to go by then.
final class Progress: Sendable {
    /// The lower half is that of the policy generation's number, the upper one that of the root plus one; 0 for none.
    private let place = Atomic<UInt64>(0)

    /// - Parameter generation: the number of the policy that decides.
    func enter(_ root: Root.ID, of generation: UInt64) {
        place.store(Self.place(root, generation), ordering: .releasing)
    }

    func leave() { place.store(0, ordering: .releasing) }

    /// The root's directory, for a request that is decided by that policy.
    func path(in generation: PolicyGeneration) -> SystemPath? {
        let place = place.load(ordering: .acquiring)
        let root = Int(place >> 32) - 1
        guard root >= 0, place == Self.place(root, generation.number) else { return nil }
        return generation.rootPaths[root]
    }

    private static func place(_ root: Root.ID, _ generation: UInt64) -> UInt64 {
        UInt64(truncatingIfNeeded: root + 1) << 32 | generation & 0xffff_ffff
    }
}
