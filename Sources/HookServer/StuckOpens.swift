internal import Synchronization

/// How many opens hang beneath each root, over all policy generations and connections.
///
/// A root with eight of them answers `ETIMEDOUT` at once until one returns: each holds a thread.
final class StuckOpens: Sendable {
    static let mostPerRoot = 8

    private let counts = Mutex<[[UInt8]: Int]>([:])

    func isFull(beneath root: [UInt8]) -> Bool {
        counts.withLock { $0.isEmpty ? false : $0[root, default: 0] >= Self.mostPerRoot }
    }

    func add(beneath root: [UInt8]) {
        counts.withLock { $0[root, default: 0] += 1 }
    }

    func remove(beneath root: [UInt8]) {
        counts.withLock { counts in
            let left = counts[root, default: 0] - 1
            counts[root] = left > 0 ? left : nil
        }
    }
}
