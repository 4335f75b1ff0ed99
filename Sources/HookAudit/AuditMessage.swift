/// One message for the kernel's audit subsystem.
package struct AuditMessage: Sendable, Equatable {
    /// Its type, and what libaudit puts behind its text.
    package enum Kind: Sendable, Equatable {
        /// `AUDIT_USER_AVC`; with the user on whose behalf was asked (`sauid`).
        case userAVC(onBehalfOf: UInt32)
        /// `AUDIT_VIRT_RESOURCE`, as libvirt writes for what it gives to a VM.
        case virtualResource(Outcome)
    }

    /// `res=success` or `res=failed`.
    package enum Outcome: Sendable, Equatable { case success, failure }

    package let kind: Kind
    /// Without a NUL.
    package let text: [UInt8]

    package init(_ kind: Kind, _ text: [UInt8]) {
        self.kind = kind
        self.text = text
    }

    /// The kernel keeps 8560 bytes of a message (`AUDIT_MESSAGE_TEXT_MAX`), of which libaudit's own fields need some.
    package static let mostBytes = 8000
    /// A name is at most that long, so that the fields behind it are there.
    static let mostValueBytes = 6000
}

extension AuditMessage {
    /// The fields that say whose access was denied, to what: for a SELinux denial.
    ///
    /// - Parameters:
    ///   - pid: the process that asked. Its field is called as dbus-daemon calls it: `pid` is the server's own.
    ///   - room: how many bytes they may take together.
    package static func subjectAndPath(pid: Int32?, path: [UInt8], room: Int) -> [UInt8] {
        var fields: [UInt8] = []
        if let pid { fields.appendField("spid", plain: String(pid).utf8) }
        let rest = room - fields.count - " path=".utf8.count
        if !path.isEmpty, rest >= 2 { fields.appendField("path", path, room: min(rest, mostValueBytes)) }
        return fields
    }
}
