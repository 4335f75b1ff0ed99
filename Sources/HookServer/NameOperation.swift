package import HookAudit

/// What a request wants of a name. Over a connection it is always to open it.
package enum NameOperation: Sendable {
    case open
    /// `struct stat`, or `struct statx`.
    case status(StatusForm, LinkAtEnd)
    /// Whether it is there, and may be read and written. The bits are those of `access(2)`.
    case access(UInt32, LinkAtEnd)
    case readLink
    case unlink
    /// To another name, absolute as this one; the flags are those of `renameat2(2)`.
    case rename(to: [UInt8], flags: UInt32)
    case makeDirectory
    /// What the broker does for nobody on the names that it manages.
    case never(AuditRecord.Operation)

    /// The other name that it is about.
    var target: [UInt8]? {
        guard case .rename(let target, _) = self else { return nil }
        return target
    }

    package enum StatusForm: Sendable {
        case stat
        case statx(flags: UInt32, mask: UInt32)
    }

    /// What a symbolic link in the last component means.
    package enum LinkAtEnd: Sendable { case followed, itself }

    /// Of the audit record; nil for an open, which every record is about unless it says otherwise.
    var word: AuditRecord.Operation? {
        switch self {
        case .open: nil
        case .status: .stat
        case .access: .access
        case .readLink: .readlink
        case .unlink: .unlink
        case .rename: .rename
        case .makeDirectory: .mkdir
        case .never(let operation): operation
        }
    }
}

/// The answer to what is not an open.
package enum NameAnswer: Sendable {
    /// It has been done.
    case done
    /// For the memory of who asked: a status, or what a link leads to.
    case bytes([UInt8])
}
