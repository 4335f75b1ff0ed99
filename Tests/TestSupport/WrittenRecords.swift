package import HookAudit
import HookLinux
import HookWire
import SystemPackage

/// Audit records as lines, written by the server's own sink.
package enum WrittenRecords {
    /// Each event with each operation, and of an open. A server writes some of them alone.
    package static var ofEveryKind: [AuditRecord] {
        let operations = [AuditRecord.Operation?.none] + AuditRecord.Operation.allCases.map(Optional.some)
        return AuditRecord.Event.allCases.flatMap { event in operations.map { (event, $0) } }.enumerated()
            .map { number, kind in record(UInt64(number + 1), kind.0, kind.1) }
    }

    private static func record(
        _ number: UInt64, _ event: AuditRecord.Event, _ operation: AuditRecord.Operation?
    ) -> AuditRecord {
        var record = AuditRecord(event, time: 1_795_219_200_000_000_000, vm: Array("web01".utf8), generation: 1)
        record.request = number
        record.name = Array("/srv/x".utf8)
        record.peer = AuditRecord.Peer(pid: 11, uid: 9, gid: 9)
        record.operation = operation
        if operation == nil {
            record.flags = OpenFlags.readWrite.rawValue
            record.access = .readWrite
        }
        if event == .refused {
            (record.stage, record.result, record.errno) = (.policy, .refused, .permissionDenied)
            record.reason = Array("because".utf8)
        }
        return record
    }

    package static func text(of records: [AuditRecord]) throws -> String {
        let scratch = try ScratchDirectory()
        let sink = JSONLinesSink(try AuditFile(appendingTo: scratch.bytes("audit"))) {
            OpenFlags(rawValue: $0).forEachWord($1)
        }
        for record in records { try sink.record(record, urgency: .beforeAnswer) }
        sink.close()
        return try scratch.text("audit")
    }
}
