internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import Synchronization
internal import SystemPackage

/// Records of peers that were turned away where they came in: by the main thread, which must not wait for the audit sink.
/// A thread of their own writes them, as fast as requests are served and no faster; then the peer hears of it.
final class RejectedPeers: Sendable {
    private struct Rejection: Sendable {
        var record: AuditRecord
        let farewell: @Sendable () -> Void
    }

    private struct State {
        var rejections: [Rejection] = []
        /// More than could be kept.
        var left = 0
    }

    private let state = Mutex(State())
    private let added = EventCount()
    private let pace = TokenBucket()

    /// So many records wait; what comes then is counted.
    private static let most = 64

    /// - Parameter farewell: what is done when that has been written, or cannot be. It must not wait.
    func add(_ record: AuditRecord, farewell: @escaping @Sendable () -> Void) {
        let isKept = state.withLock { state in
            guard state.rejections.count < Self.most else {
                state.left += 1
                return false
            }
            state.rejections.append(Rejection(record: record, farewell: farewell))
            return true
        }
        if isKept { added.advance() } else { farewell() }
    }

    /// Starts the thread.
    ///
    /// - Parameter rest: waits until a time, or until the server stops.
    func start(
        _ audit: any AuditSink, rest: @escaping @Sendable (_ until: Int64) -> Void
    ) throws(Errno) {
        try Thread.start { [self] in
            ThisProcess.nameThread("rejections")
            while true {
                let seen = added.value
                while writeOne(audit) {
                    let now = KernelClock.monotonic()
                    rest(now + pace.take(now: now, .standard))
                }
                added.wait(while: seen, until: nil)
            }
        }
    }

    /// Writes what is left, on the calling thread.
    func writeAll(_ audit: any AuditSink) { while writeOne(audit) {} }

    private func writeOne(_ audit: any AuditSink) -> Bool {
        let (next, left) = state.withLock { state -> (Rejection?, Int) in
            guard !state.rejections.isEmpty else { return (nil, 0) }
            let isLast = state.rejections.count == 1
            defer { if isLast { state.left = 0 } }
            return (state.rejections.removeFirst(), isLast ? state.left : 0)
        }
        guard var next else { return false }
        if left > 0, let reason = next.record.reason { next.record.reason = reason + Array(" (and \(left) more)".utf8) }
        try? audit.record(next.record, urgency: .beforeAnswer)
        next.farewell()
        return true
    }
}
