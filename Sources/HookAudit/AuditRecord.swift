package import SystemPackage

/// One thing that happened, for the audit trail. A field that is nil is absent from the line.
///
/// Names and labels are bytes, as a guest or a file system gave them: the sinks encode them so that none can forge a
/// record. The caller fills the arrays it already has, so that making a record allocates nothing.
package struct AuditRecord: Sendable {
    /// Nanoseconds since 1970-01-01 00:00 UTC.
    package var time: Int64
    package var vm: [UInt8]
    package var uuid: [UInt8]?
    /// The policy generation that decided.
    package var generation: UInt64
    package var event: Event
    /// Ties the records of one request together (`opened` and `handed-over`).
    package var request: UInt64?

    /// The stage that refused.
    package var stage: Stage?
    /// The deciding rule, `file:line`.
    package var rule: [UInt8]?
    package var reason: [UInt8]?
    /// The policy line that would have granted it.
    package var add: [UInt8]?

    /// What was asked for, if it was not to open a file.
    package var operation: Operation?
    /// The name that was asked for.
    package var name: [UInt8]?
    /// The other name that `operation` is about: what a file is to be called.
    package var target: [UInt8]?
    /// The name of what was opened.
    package var object: [UInt8]?
    package var device: Device?
    package var inode: UInt64?
    package var kind: Kind?
    /// The device that a device node stands for; nil for anything else. The Linux audit sink alone writes it.
    package var rdev: Device?
    /// As the request had them; written in words.
    package var flags: UInt32?
    /// Permission bits of a creation; written in octal.
    package var mode: UInt32?
    package var access: Access?

    package var peer: Peer?
    package var objectLabel: [UInt8]?
    package var labelSource: LabelSource?
    package var selinux: SELinux?

    package var result: Result?
    package var errno: Errno?
    /// From the request's arrival to this record.
    package var microseconds: UInt64?
    /// How many more times the same happened since the record before.
    package var repeated: UInt64?

    package init(_ event: Event, time: Int64, vm: [UInt8], generation: UInt64) {
        self.event = event
        self.time = time
        self.vm = vm
        self.generation = generation
    }
}

extension AuditRecord {
    package struct Device: Sendable, Equatable {
        package var major: UInt32
        package var minor: UInt32

        package init(major: UInt32, minor: UInt32) {
            self.major = major
            self.minor = minor
        }
    }

    /// Who asked, as far as the kernel says. One object for all the requests of one peer.
    package final class Peer: Sendable, Equatable {
        package let pid: Int32?
        package let uid: UInt32?
        package let gid: UInt32?
        package let label: [UInt8]?

        package init(pid: Int32? = nil, uid: UInt32? = nil, gid: UInt32? = nil, label: [UInt8]? = nil) {
            self.pid = pid
            self.uid = uid
            self.gid = gid
            self.label = label
        }

        package static func == (one: Peer, other: Peer) -> Bool {
            one === other
                || one.pid == other.pid && one.uid == other.uid && one.gid == other.gid && one.label == other.label
        }
    }
}
