internal import HookAudit
internal import HookLinux
internal import Synchronization
internal import SystemPackage

/// The names that are being created. A request for one of them waits until the file has its owner and its record.
final class Creations: Sendable {
    private let names = Mutex<Set<[UInt8]>>([])
    private let count = Atomic<Int>(0)
    private let changed = EventCount()

    /// - Returns: whether the name is now being created by the caller, who calls `end`; not, if another does it.
    func begin(_ name: [UInt8]) -> Bool {
        guard names.withLock({ $0.insert(name).inserted }) else { return false }
        count.add(1, ordering: .sequentiallyConsistent)
        return true
    }

    func end(_ name: [UInt8]) {
        names.withLock { _ = $0.remove(name) }
        count.subtract(1, ordering: .sequentiallyConsistent)
        changed.advance()
    }

    /// - Throws: `ETIMEDOUT` at the deadline, of the monotonic clock.
    func waitUntilMade(_ name: SystemPath, until deadline: Int64) throws(Refusal) {
        guard count.load(ordering: .acquiring) > 0 else { return }
        let wanted = name.bytes
        while true {
            let seen = changed.value
            guard names.withLock({ $0.contains(wanted) }) else { return }
            guard KernelClock.monotonic() < deadline else { throw Refusal(.timedOut, at: .deadline, .outOfTime) }
            changed.wait(while: seen, until: deadline)
        }
    }
}
