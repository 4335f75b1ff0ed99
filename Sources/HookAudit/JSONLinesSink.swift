package import HookLinux
internal import Synchronization
package import SystemPackage

/// Audit records as JSON, one object a line, appended to a file or a stream.
///
/// A granted request costs one `write(2)`: its `opened` record goes out together with the `handed-over` record of the
/// request before it. In steady state nothing is allocated.
package final class JSONLinesSink: AuditSink {
    private let writer: Mutex<JSONLinesWriter>

    /// - Parameters:
    ///   - file: where the lines go; nothing else writes there between two reopenings.
    ///   - flagWords: names the open flags of a request.
    ///   - clock: monotonic nanoseconds.
    package init(
        _ file: consuming AuditFile, flagWords: @escaping FlagWords,
        clock: @escaping @Sendable () -> Int64 = { KernelClock.monotonic() }
    ) {
        writer = Mutex(JSONLinesWriter(file, AuditRecordEncoder(flagWords: flagWords), clock))
    }

    package func record(_ record: borrowing AuditRecord, urgency: AuditUrgency) throws(Errno) {
        try writer.withLock { writer throws(Errno) in try writer.record(record, urgency) }
    }

    package func flush(now: Int64) {
        // Whoever has the lock writes what is deferred with its own record.
        _ = writer.withLockIfAvailable { $0.flush(now: now) }
    }

    /// For rotation, on SIGHUP. The corresponding system call is `open(2)`.
    package func reopen() throws(Errno) {
        try writer.withLock { writer throws(Errno) in try writer.reopen() }
    }

    package func close() {
        writer.withLock { $0.close() }
    }
}
