internal import HookLinux
internal import SystemPackage

/// The fields of a record as JSON, in a fixed order.
struct AuditRecordEncoder: Sendable {
    let flagWords: FlagFormatter

    /// Appends the record's line.
    func append(_ record: AuditRecord, to lines: inout JSONLineBuffer) {
        lines.beginObject()
        appendOrigin(record, &lines)
        appendDecision(record, &lines)
        appendObject(record, &lines)
        appendRequest(record, &lines)
        appendLabels(record, &lines)
        appendOutcome(record, &lines)
        lines.endObject()
    }

    private func appendOrigin(_ record: AuditRecord, _ line: inout JSONLineBuffer) {
        line.quoted("time") { $0.appendTimestamp(record.time) }
        line.text("vm", record.vm)
        if let uuid = record.uuid { line.text("uuid", uuid) }
        line.number("generation", record.generation)
        line.word("event", record.event.rawValue)
        if let request = record.request { line.number("request", request) }
    }

    private func appendDecision(_ record: AuditRecord, _ line: inout JSONLineBuffer) {
        if let stage = record.stage { line.word("stage", stage.rawValue) }
        if let rule = record.rule { line.text("rule", rule) }
        if let reason = record.reason { line.text("reason", reason) }
        if let add = record.add { line.text("add", add) }
    }

    private func appendObject(_ record: AuditRecord, _ line: inout JSONLineBuffer) {
        if let name = record.name { line.text("name", name) }
        if let object = record.object { line.text("object", object) }
        if let device = record.device {
            line.quoted("device") { bytes in
                bytes.appendDecimal(device.major)
                bytes.append(UInt8(ascii: ":"))
                bytes.appendDecimal(device.minor)
            }
        }
        if let inode = record.inode { line.number("inode", inode) }
        if let kind = record.kind { line.word("kind", kind.rawValue) }
    }

    private func appendRequest(_ record: AuditRecord, _ line: inout JSONLineBuffer) {
        if let flags = record.flags { line.quoted("flags") { appendFlags(flags, &$0) } }
        if let mode = record.mode {
            line.quoted("mode") { bytes in
                bytes.append(UInt8(ascii: "0"))
                bytes.appendDigits(mode, radix: 8)
            }
        }
        if let access = record.access { line.word("access", access.rawValue) }
        guard let peer = record.peer else { return }
        if let pid = peer.pid { line.number("peer_pid", pid) }
        if let uid = peer.uid { line.number("peer_uid", uid) }
        if let gid = peer.gid { line.number("peer_gid", gid) }
        if let label = peer.label { line.text("peer_label", label) }
    }

    /// The words as a C program would write them: `O_RDWR|O_DIRECT`.
    private func appendFlags(_ flags: UInt32, _ bytes: inout [UInt8]) {
        let start = bytes.count
        flagWords(flags) { word in
            if bytes.count > start { bytes.append(UInt8(ascii: "|")) }
            switch word {
            case .named(let name):
                bytes.append(contentsOf: name.utf8)
            case .unknownBits(let bits):
                bytes.append(contentsOf: "0x".utf8)
                bytes.appendDigits(bits, radix: 16)
            }
        }
    }

    private func appendLabels(_ record: AuditRecord, _ line: inout JSONLineBuffer) {
        if let label = record.objectLabel { line.text("object_label", label) }
        if let source = record.labelSource { line.word("label_source", source.rawValue) }
        if let selinux = record.selinux { line.word("selinux", selinux.rawValue) }
    }

    private func appendOutcome(_ record: AuditRecord, _ line: inout JSONLineBuffer) {
        if let result = record.result { line.word("result", result.rawValue) }
        if let errno = record.errno {
            if let name = errno.name { line.word("errno", name) }
            line.number("errno_number", errno.rawValue)
        }
        if let microseconds = record.microseconds { line.number("microseconds", microseconds) }
        if let repeated = record.repeated { line.number("repeated", repeated) }
    }
}
