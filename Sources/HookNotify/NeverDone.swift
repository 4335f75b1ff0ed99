internal import HookAudit
internal import HookLinux

/// The calls that the broker makes for nobody: where their names are, and what the audit record calls them.
extension MediatedCall {
    /// Where a name is among the arguments, and the directory that it may be relative to.
    struct NamePlace {
        let name: Int
        let directory: Int?
    }

    var names: [NamePlace] {
        switch self {
        case .fchmodat, .fchmodat2, .fchownat, .futimesat, .utimensat, .mknodat, .setxattrat, .removexattrat,
            .fileSetattr:
            [NamePlace(name: 1, directory: 0)]
        case .link: [NamePlace(name: 0, directory: nil), NamePlace(name: 1, directory: nil)]
        case .linkat: [NamePlace(name: 1, directory: 0), NamePlace(name: 3, directory: 2)]
        // What a symbolic link leads to is text.
        case .symlink: [NamePlace(name: 1, directory: nil)]
        case .symlinkat: [NamePlace(name: 2, directory: 1)]
        default: [NamePlace(name: 0, directory: nil)]
        }
    }

    var operation: AuditRecord.Operation {
        switch self {
        case .truncate: .truncate
        case .chmod, .fchmodat, .fchmodat2, .fileSetattr: .chmod
        case .chown, .lchown, .fchownat: .chown
        case .utime, .utimes, .futimesat, .utimensat: .utime
        case .link, .linkat: .link
        case .symlink, .symlinkat: .symlink
        case .mknod, .mknodat: .mknod
        case .setxattr, .lsetxattr, .setxattrat, .removexattr, .lremovexattr, .removexattrat: .setxattr
        case .rmdir: .rmdir
        case .connect: .connect
        case .bind: .bind
        case .mkdir, .mkdirat: .mkdir
        case .rename, .renameat, .renameat2: .rename
        case .unlink, .unlinkat: .unlink
        case .readlink, .readlinkat: .readlink
        case .access, .faccessat, .faccessat2: .access
        case .open, .openat, .openat2, .creat, .stat, .lstat, .newfstatat, .statx: .stat
        }
    }
}
