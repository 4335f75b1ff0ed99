internal import HookAudit
internal import HookLinux
internal import Synchronization
internal import SystemPackage

/// The lanes: made when they are needed, a few of them kept.
final class LanePool: Sendable {
    private let lanes = Mutex<[Lane]>([])
    private let stuck: StuckOpens
    private let make: @Sendable () throws(Errno) -> DirectOpener

    /// More than can hang beneath 16 roots, and than all connections of a VM can use at once.
    static let mostLanes = 192
    private static let mostKept = 1

    init(_ stuck: StuckOpens, _ make: @escaping @Sendable () throws(Errno) -> DirectOpener) {
        self.stuck = stuck
        self.make = make
    }

    /// - Throws: `ETIMEDOUT` if all of them are busy, whether they hang or not; errnos of starting a thread.
    func take() throws(Refusal) -> Lane {
        if let free = lanes.withLock({ $0.first { $0.take() } }) { return free }
        guard lanes.withLock({ $0.count }) < Self.mostLanes else {
            throw Refusal(.timedOut, at: .deadline, .tooManyLanes)
        }
        let lane: Lane
        do { lane = try Lane(stuck, make) } catch { throw Refusal(error, at: .resolve, .noLane) }
        _ = lane.take()
        lanes.withLock { $0.append(lane) }
        return lane
    }

    /// Forgets a lane that hangs. Its thread ends when it finds nobody at its socket.
    func abandon(_ lane: Lane) {
        lanes.withLock { $0.removeAll { $0 === lane } }
    }

    /// Ends the lanes that nobody has needed, but for a few. To be called on a thread of the process's own table.
    func trim() {
        let surplus = lanes.withLock { lanes in
            var ended: [Lane] = []
            while lanes.count > Self.mostKept, let index = lanes.firstIndex(where: { $0.take() }) {
                ended.append(lanes.remove(at: index))
            }
            return ended
        }
        // The sockets are closed here, outside of the lock.
        withExtendedLifetime(surplus) {}
    }
}
