package import SystemPackage

/// When a record must be out.
package enum AuditUrgency: Sendable {
    /// Before `record` returns: the answer waits for it, and is a refusal if it fails.
    case beforeAnswer
    /// With the next record, or within `AuditLimits.longestDeferral`.
    case deferrable
}

/// Where audit records go. Safe to use from every thread.
package protocol AuditSink: AnyObject, Sendable {
    /// Records what happened.
    ///
    /// - Throws: if this record, or one that was deferred before it, cannot be written. The server then refuses the
    ///   request: a sink that is down is a refusal, not a loss.
    func record(_ record: borrowing AuditRecord, urgency: AuditUrgency) throws(Errno)

    /// Writes what has been deferred; called every `AuditLimits.longestDeferral` while requests come. What fails here
    /// stays for the next `record`, which throws if it fails again.
    ///
    /// - Parameter now: monotonic nanoseconds, of the clock that the sink has.
    func flush(now: Int64)

    /// Opens the destination again, after its file was renamed for rotation. The old one stays in use if that fails.
    func reopen() throws(Errno)

    /// Writes everything that is deferred. Later records fail with `EBADF`.
    func close()
}

/// Times in nanoseconds, sizes in bytes.
package enum AuditLimits {
    /// How long a deferrable record may wait.
    package static let longestDeferral: Int64 = 100_000_000
    /// How long identical refusals are counted before the count is written.
    package static let foldingWindow: Int64 = 1_000_000_000
    /// How many bytes of deferred records a sink that is down keeps.
    package static let mostDeferredBytes = 64 * 1024
}
