internal import HookLinux
internal import Synchronization
package import SystemPackage

/// Several sinks, each of which must have a record.
package final class AuditSinks: AuditSink {
    private let sinks: [any AuditSink]

    package init(_ sinks: [any AuditSink]) { self.sinks = sinks }

    /// Something that is to happen is recorded in one sink after the other, until one fails: then it will not happen.
    /// Something that was refused is recorded wherever that can be.
    package func record(_ record: borrowing AuditRecord, urgency: AuditUrgency) throws(Errno) {
        var failure: Errno?
        for sink in sinks {
            do {
                try sink.record(record, urgency: urgency)
            } catch {
                guard record.result == .refused else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    package func flush(now: Int64) { for sink in sinks { sink.flush(now: now) } }

    package func reopen() throws(Errno) {
        var failure: Errno?
        for sink in sinks {
            do { try sink.reopen() } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    package func close() { for sink in sinks { sink.close() } }
}

/// A sink whose failures refuse nothing (`--audit-optional`): records are lost while it is down, and the admin is told.
package final class OptionalAuditSink: AuditSink {
    private let sink: any AuditSink
    private let name: String
    private let tell: @Sendable (String) -> Void
    private let isDown = Atomic<Bool>(false)

    /// - Parameters:
    ///   - name: of the sink, for the admin.
    ///   - tell: prints a line for the admin.
    package init(_ sink: any AuditSink, named name: String, tell: @escaping @Sendable (String) -> Void) {
        self.sink = sink
        self.name = name
        self.tell = tell
    }

    /// Never throws.
    package func record(_ record: borrowing AuditRecord, urgency: AuditUrgency) {
        do {
            try sink.record(record, urgency: urgency)
            if isDown.exchange(false, ordering: .relaxed) { tell("records are kept again, of \(name)") }
        } catch {
            guard !isDown.exchange(true, ordering: .relaxed) else { return }
            tell("warning: records are being lost, of \(name) (--audit-optional): \(error.described)")
        }
    }

    package func flush(now: Int64) { sink.flush(now: now) }

    package func reopen() throws(Errno) { try sink.reopen() }

    package func close() { sink.close() }
}
