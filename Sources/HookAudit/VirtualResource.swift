/// The text of an `AUDIT_VIRT_RESOURCE` message, as libvirt writes it for the disks of a VM.
enum VirtualResource {
    /// Nil for a record that is about no file, or about one that is still to be opened or on its way. That a file loses its
    /// name has this one record, before it is done.
    static func message(_ record: borrowing AuditRecord) -> AuditMessage? {
        let outcome: AuditMessage.Outcome
        switch record.event {
        case .opened, .wouldDeny, .changing: outcome = .success
        case .refused, .notHandedOver: outcome = .failure
        case .started, .stopped, .policyLoaded, .policyKept, .rootReopened, .connectionRefused, .protocolViolation,
            .attached, .creating, .handedOver:
            return nil
        }
        var text: [UInt8] = []
        text.appendField("virt", plain: "kvm".utf8)
        text.appendField("resrc", plain: (record.kind == .char ? "chardev" : "disk").utf8)
        text.appendField("reason", plain: (record.operation?.rawValue.description ?? "open").utf8)
        text.appendField("vm", record.vm, room: 512)
        text.appendField("uuid", plain: unknown(record.uuid))
        appendObject(record, to: &text)
        return AuditMessage(.virtualResource(outcome), text)
    }

    private static let mostOfTwoNames = AuditMessage.mostValueBytes / 2

    private static func appendObject(_ record: borrowing AuditRecord, to text: inout [UInt8]) {
        if let path = record.object ?? record.name {
            text.appendField("path", path, room: record.target == nil ? AuditMessage.mostValueBytes : mostOfTwoNames)
        }
        // The device that a node stands for, in libvirt's spelling; a file stands for none.
        let rdev = record.rdev.map { hexadecimal($0.major) + ":" + hexadecimal($0.minor) }
        text.appendField("rdev", plain: (rdev ?? "?").utf8)
        // Not libvirt's: the other name, which of a process's opens it was, and why it came to nothing.
        if let target = record.target { text.appendField("target", target, room: mostOfTwoNames) }
        if let access = record.access { text.appendField("acl", plain: libvirtAccess(access).utf8) }
        if let stage = record.stage { text.appendField("stage", plain: stage.rawValue.description.utf8) }
        if let pid = record.peer?.pid { text.appendField("spid", plain: String(pid).utf8) }
        if let repeated = record.repeated { text.appendField("repeated", plain: String(repeated).utf8) }
    }

    /// A UUID is hexadecimal and dashes: the policy's reader sees to that. Anything else is not believed here.
    private static func unknown(_ uuid: [UInt8]?) -> [UInt8] {
        guard let uuid, !uuid.isEmpty, uuid.allSatisfy(isOfUUID) else { return [UInt8(ascii: "?")] }
        return uuid
    }

    private static func isOfUUID(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func libvirtAccess(_ access: AuditRecord.Access) -> String {
        switch access {
        case .readOnly: "r"
        case .writeOnly: "w"
        case .readWrite: "rw"
        }
    }

    private static func hexadecimal(_ number: UInt32) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return digits.utf8.count < 2 ? "0" + digits : digits
    }
}
