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

    /// Counts the record if it repeats the one before it, within the window: then it need not be written.
    mutating func absorb(_ record: borrowing AuditRecord, now: Int64) -> Bool {
        guard isOpen, !hasExpired(now), let latest, record.repeats(latest) else { return false }
        self.latest = copy record
        count += 1
        return true
    }

    /// Begins to count repetitions of a refusal that was written: of one that was not, the next like it must be.
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
            && stage == other.stage && operation == other.operation && name == other.name && target == other.target
            && flags == other.flags && errno == other.errno && hasSameReason(as: other) && isOfSamePeer(other)
    }

    /// The text of a violation is made of its case's own words and of the peer's numbers: who sends another number each
    /// time does the same each time.
    private func hasSameReason(as other: AuditRecord) -> Bool {
        guard event == .protocolViolation, let reason, let others = other.reason else { return reason == other.reason }
        return reason.lazy.filter(Self.isOfWords).elementsEqual(others.lazy.filter(Self.isOfWords))
    }

    private static func isOfWords(_ byte: UInt8) -> Bool { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Whoever is turned away comes again as another process.
    private func isOfSamePeer(_ other: AuditRecord) -> Bool {
        guard event == .connectionRefused || event == .protocolViolation else { return peer == other.peer }
        return peer?.uid == other.peer?.uid && peer?.gid == other.peer?.gid && peer?.label == other.peer?.label
    }
}
