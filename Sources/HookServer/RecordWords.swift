internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import HookWire

/// What other modules call by other names, in the words of a record.
extension AuditRecord.Access {
    init(_ access: OpenFlags.Access) {
        switch access {
        case .readOnly: self = .readOnly
        case .writeOnly: self = .writeOnly
        case .readWrite: self = .readWrite
        }
    }
}

extension AuditRecord.SELinux {
    init(_ mode: SELinuxMode) {
        switch mode {
        case .enforcing: self = .enforcing
        case .permissive: self = .permissive
        case .off: self = .off
        }
    }
}

extension AuditRecord.LabelSource {
    init(_ source: LabelFinding.Source) {
        switch source {
        case .kernel: self = .kernel
        case .rule: self = .rule
        case .root: self = .root
        }
    }
}

extension AuditRecord.Kind {
    init?(_ kind: FileKind) {
        switch kind {
        case .file: self = .file
        case .directory: self = .directory
        case .blockDevice: self = .block
        case .characterDevice: self = .char
        case .fifo: self = .fifo
        case .socket: self = .socket
        case .symbolicLink: self = .symlink
        case .unknown: return nil
        }
    }
}
