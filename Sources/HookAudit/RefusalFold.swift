internal import SystemPackage

/// Counts identical refusals that follow one another, so that a guest in a loop cannot fill the disk.
///
/// The first is written at once and opens a window; those that follow within it are counted. Only refusals are folded.
struct RefusalFold: Sendable {
    /// The latest of the identical refusals.
    private var latest: AuditRecord?
    /// When its window began; nil if there is none.
    private var opened: Int64?
    private var count: UInt64 = 0

    /// Counts the record if it repeats the one before it, within the window.
    mutating func absorb(_ record: borrowing AuditRecord, now: Int64) -> Bool {
        guard !hasExpired(now), let latest, record.repeats(latest) else { return false }
        self.latest = copy record
        count += 1
        return true
    }

    /// Begins to count repetitions of a refusal that was written.
    mutating func begin(_ record: borrowing AuditRecord, now: Int64) {
        latest = copy record
        opened = now
        count = 0
    }

    var isOpen: Bool { opened != nil }

    /// Whether the window is over, so that its count must be written.
    func hasExpired(_ now: Int64) -> Bool {
        guard let opened else { return false }
        return now &- opened >= AuditLimits.foldingWindow
    }

    /// Ends the window: the latest refusal with the count, if there was any repetition.
    mutating func end() -> AuditRecord? {
        opened = nil
        guard var record = latest.take(), count > 0 else { return nil }
        record.repeated = count
        count = 0
        return record
    }
}

extension AuditRecord {
    /// Whether two refusals say the same but for time and request.
    fileprivate func repeats(_ other: AuditRecord) -> Bool {
        result == .refused && other.result == .refused && vm == other.vm && event == other.event
            && stage == other.stage && operation == other.operation && name == other.name && flags == other.flags
            && errno == other.errno
            && reason == other.reason && isOfSamePeer(other)
    }

    /// Whoever is turned away comes again as another process.
    private func isOfSamePeer(_ other: AuditRecord) -> Bool {
        guard event == .connectionRefused || event == .protocolViolation else { return peer == other.peer }
        return peer?.uid == other.peer?.uid && peer?.gid == other.peer?.gid && peer?.label == other.peer?.label
    }
}
