internal import HookLinux

/// How an `OpenAuthority` comes to a root's directory, and whether it may wait for a file system that hangs.
enum RootAccess: Sendable {
    /// On the thread of a connection, in the process's own descriptor table, with the directories that are held.
    /// What may hang is not touched: `Refusal.mayHang`.
    case held
    /// On a thread with a descriptor table of its own: each directory is opened for the request, and the thread may
    /// hang as long as the file system does.
    case openedForEach

    /// Whether the way to an object may lead over a mount point, behind which anything may be mounted.
    var mounts: MountCrossing {
        switch self {
        case .held: .refuse
        case .openedForEach: .allow
        }
    }
}
