internal import HookLinux
internal import SystemPackage

/// The fields of a record as JSON, in a fixed order.
struct AuditRecordEncoder: Sendable {
    private var time = TimestampFormatter()
    private var origin = OriginText()
    private var peer = PeerText()
    private var flags: FlagTexts

    init(flagWords: @escaping FlagFormatter) { flags = FlagTexts(flagWords) }

    /// Appends the record's line.
    mutating func append(_ record: borrowing AuditRecord, to lines: inout JSONLineBuffer) {
        lines.appendObject { line in
            writeOrigin(record, &line)
            Self.writeDecision(record, &line)
            Self.writeObject(record, &line)
            writeRequest(record, &line)
            Self.writeLabels(record, &line)
            Self.writeOutcome(record, &line)
        }
    }

    private mutating func writeOrigin(_ record: borrowing AuditRecord, _ line: inout JSONLine) {
        line.string("time", opening: "{\"") { time.write(record.time, to: &$0) }
        origin.write(record, to: &line)
        line.word("event", record.event)
        line.number("request", record.request)
    }

    private static func writeDecision(_ record: borrowing AuditRecord, _ line: inout JSONLine) {
        line.word("stage", record.stage)
        line.text("rule", record.rule)
        line.text("reason", record.reason)
        line.text("add", record.add)
    }

    private static func writeObject(_ record: borrowing AuditRecord, _ line: inout JSONLine) {
        line.word("operation", record.operation)
        line.text("name", record.name)
        line.text("target", record.target)
        line.text("object", record.object)
        if let device = record.device {
            line.string("device") { line in
                line.write(UInt64(device.major))
                line.write(":")
                line.write(UInt64(device.minor))
            }
        }
        line.number("inode", record.inode)
        line.word("kind", record.kind)
    }

    private mutating func writeRequest(_ record: borrowing AuditRecord, _ line: inout JSONLine) {
        if let value = record.flags { line.string("flags") { flags.write(value, to: &$0) } }
        if let mode = record.mode {
            line.string("mode") { line in
                line.write("0")
                line.write(UInt64(mode), radix: 8)
            }
        }
        line.word("access", record.access)
        peer.write(record, to: &line)
    }

    private static func writeLabels(_ record: borrowing AuditRecord, _ line: inout JSONLine) {
        line.text("object_label", record.objectLabel)
        line.word("label_source", record.labelSource)
        line.word("selinux", record.selinux)
    }

    private static func writeOutcome(_ record: borrowing AuditRecord, _ line: inout JSONLine) {
        line.word("result", record.result)
        if let errno = record.errno {
            if let name = errno.name { line.string("errno") { $0.write(name.utf8.span) } }
            line.number("errno_number", errno.rawValue)
        }
        line.number("microseconds", record.microseconds)
        line.number("repeated", record.repeated)
    }
}
