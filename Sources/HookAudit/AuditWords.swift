/// The words of a record. Their raw values are what the lines have.
extension AuditRecord {
    package enum Event: AuditWord, Sendable, CaseIterable {
        case started = "started"
        case stopped = "stopped"
        case policyLoaded = "policy-loaded"
        /// A reload failed; the policy before it stays in force.
        case policyKept = "policy-kept"
        case rootReopened = "root-reopened"
        /// A launcher has handed over the program that it becomes.
        case attached = "attached"
        case connectionRefused = "connection-refused"
        case protocolViolation = "protocol-violation"
        case creating = "creating"
        case opened = "opened"
        /// A name is about to be removed, or given to another file.
        case changing = "changing"
        case handedOver = "handed-over"
        case notHandedOver = "not-handed-over"
        case refused = "refused"
        /// Granted because the policy is being learned.
        case wouldDeny = "would-deny"
    }

    /// What a system call does with a name, other than to open it.
    package enum Operation: AuditWord, Sendable, CaseIterable {
        case stat = "stat"
        case access = "access"
        case readlink = "readlink"
        case unlink = "unlink"
        case rename = "rename"
        case mkdir = "mkdir"
        case rmdir = "rmdir"
        case truncate = "truncate"
        case chmod = "chmod"
        case chown = "chown"
        case utime = "utime"
        case link = "link"
        case symlink = "symlink"
        case mknod = "mknod"
        case setxattr = "setxattr"
        case connect = "connect"
        case bind = "bind"
    }

    /// The stages from a request to a reply, in their order.
    package enum Stage: AuditWord, Sendable, CaseIterable {
        case peer = "peer"
        case flags = "flags"
        case name = "name"
        case policy = "policy"
        case resolve = "resolve"
        case object = "object"
        case label = "label"
        case create = "create"
        case reopen = "reopen"
        case audit = "audit"
        case truncate = "truncate"
        case send = "send"
        case deadline = "deadline"
    }

    package enum Kind: AuditWord, Sendable, CaseIterable {
        case file = "file"
        case block = "block"
        case char = "char"
        case directory = "directory"
        case fifo = "fifo"
        case socket = "socket"
        case symlink = "symlink"
    }

    package enum Access: AuditWord, Sendable, CaseIterable {
        case readOnly = "ro"
        case writeOnly = "wo"
        case readWrite = "rw"
    }

    /// Who gave the object's label.
    package enum LabelSource: AuditWord, Sendable, CaseIterable {
        case kernel = "kernel"
        case rule = "rule"
        case root = "root"
    }

    package enum SELinux: AuditWord, Sendable, CaseIterable {
        case enforcing = "enforcing"
        case permissive = "permissive"
        case off = "off"
    }

    package enum Result: AuditWord, Sendable, CaseIterable {
        case granted = "granted"
        case refused = "refused"
    }
}

/// A word that the lines may have as it is: nothing in it needs an escape. Its bytes are a constant of the program.
package struct AuditWord: ExpressibleByStringLiteral, Equatable, CustomStringConvertible, Sendable {
    package let text: StaticString

    @inline(__always)
    package init(stringLiteral text: StaticString) { self.text = text }

    package var description: String { text.description }

    package static func == (one: AuditWord, other: AuditWord) -> Bool { one.description == other.description }
}
