internal import HookLinux
internal import Synchronization

/// The connections that are being served.
final class Connections: Sendable {
    /// A VM has no use for more, and each has a thread.
    static let most = 64

    private let open = Mutex<[ObjectIdentifier: Connection]>([:])
    private let changed = EventCount()

    /// - Returns: whether there was room.
    func add(_ connection: Connection) -> Bool {
        open.withLock { open in
            guard open.count < Self.most else { return false }
            open[ObjectIdentifier(connection)] = connection
            return true
        }
    }

    func remove(_ connection: Connection) {
        open.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(connection)) }
        changed.advance()
    }

    var isEmpty: Bool { open.withLock { $0.isEmpty } }

    /// Whoever waits for a request sees the end; whoever answers one goes on.
    func endReading() {
        for connection in open.withLock({ Array($0.values) }) { connection.socket.endReading() }
    }

    /// Waits until there is none, or until a time of the monotonic clock.
    func waitUntilEmpty(until deadline: Int64) {
        while true {
            let seen = changed.value
            if isEmpty || KernelClock.monotonic() >= deadline { return }
            changed.wait(while: seen, until: deadline)
        }
    }
}
