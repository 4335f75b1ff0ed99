internal import HookAudit
internal import HookLinux
internal import Synchronization
internal import SystemPackage

/// The thread that does what must be done a little later than the requests which made it necessary: records that wait to
/// be written, lanes that nobody needs any more. It may have to wait for the audit sink.
final class Chores: Sendable {
    private let audit: any AuditSink
    private let lanes: LanePool
    private let lastRequest = Atomic<Int64>(0)
    private let alarm = Alarm()

    init(audit: any AuditSink, lanes: LanePool) {
        self.audit = audit
        self.lanes = lanes
    }

    func start() throws(Errno) {
        try Thread.start { [self] in
            ThisProcess.nameThread("chores")
            alarm.run(look)
        }
    }

    /// A request is about to make records.
    func expectRequest(now: Int64) {
        lastRequest.store(now, ordering: .sequentiallyConsistent)
        alarm.expectLook(by: now + AuditLimits.longestDeferral)
    }

    /// - Returns: when to look again: soon, until nothing can be waiting any more.
    private func look(_ now: Int64) -> Int64 {
        audit.flush(now: now)
        lanes.trim()
        let quiet = now - lastRequest.load(ordering: .sequentiallyConsistent)
        let longestWait = AuditLimits.foldingWindow + 2 * AuditLimits.longestDeferral
        return quiet < longestWait ? now + AuditLimits.longestDeferral : .max
    }
}
