internal import CLinux
package import SystemPackage

/// How symbolic links on the way to a name are treated.
package enum LinkRule: Sendable {
    /// None is followed: `ELOOP`.
    case refuse
    /// Followed as long as the way stays beneath the directory: else `EXDEV`.
    case followBeneath
}

/// Whether the way to a name may leave the mount of the directory: what is mounted there may be a server that hangs.
package enum MountCrossing: Sendable {
    case refuse
    case allow
}

/// A directory that is held open, and beneath which alone names are resolved, by the kernel.
///
/// No code of the broker names a file outside of such a directory once the policy is loaded, but for the few paths of
/// its own in `/proc`.
package struct RootDirectory: ~Copyable, Sendable {
    package let descriptor: OwnedDescriptor
    package let status: FileStatus

    /// Opens a directory by a name of this host. Called by the policy loader and by the check of a root alone.
    ///
    /// Symbolic links in the name are followed: it is the admin's own.
    /// - Throws: the errno of `open(2)` with `O_PATH|O_DIRECTORY`; `ENOTDIR` for what is no directory.
    package init(ambientPath path: SystemPath) throws(Errno) {
        let flags = OpenFlag.pathOnly | OpenFlag.directory | OpenFlag.closeOnExec
        let opened = OwnedDescriptor(
            taking: try check(unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) }))
        status = try FileStatus.of(opened)
        descriptor = opened
    }

    /// An entry of an open directory itself, which may be of any kind, a symbolic link too: for a walk that looks at
    /// each step of the way. `openat(2)` with `O_PATH|O_NOFOLLOW`.
    package init(entry: SystemPath, of parent: borrowing RootDirectory) throws(Errno) {
        let flags = OpenFlag.pathOnly | OpenFlag.noFollow | OpenFlag.closeOnExec
        let directory = parent.descriptor.number
        let opened = OwnedDescriptor(
            taking: try check(unsafe entry.withCString { unsafe oh_openat(directory, $0, flags, 0) }))
        status = try FileStatus.of(opened)
        descriptor = opened
    }

    /// Resolves a name to an `O_PATH` descriptor of the object itself, without opening it.
    ///
    /// - Throws: `ELOOP` for a symbolic link that is refused, `EXDEV` for a way that leaves the directory (or its
    ///   mount, if that is refused), `EAGAIN` after a rename raced 8 times, and the kernel's other errnos.
    ///   The corresponding system call is `openat2(2)` with `RESOLVE_BENEATH|RESOLVE_NO_MAGICLINKS`.
    package borrowing func resolve(
        _ name: RelativePath, links: LinkRule, mounts: MountCrossing
    ) throws(Errno) -> OwnedDescriptor {
        let flags = UInt64(OpenFlag.pathOnly | OpenFlag.closeOnExec)
        return try unsafe Self.resolve(from: descriptor.number, flags, links, mounts) { call in
            unsafe name.withCString(call)
        }
    }

    /// The same for a name that the kernel may climb in: one with `..`, made from a symbolic link's target.
    package borrowing func resolve(
        climbing path: SystemPath, links: LinkRule, mounts: MountCrossing
    ) throws(Errno) -> OwnedDescriptor {
        let flags = UInt64(OpenFlag.pathOnly | OpenFlag.closeOnExec)
        return try unsafe Self.resolve(from: descriptor.number, flags, links, mounts) { call in
            unsafe path.withCString(from: 0, call)
        }
    }

    /// Resolves to the last component itself, which may then be a symbolic link. To read links with; what it returns
    /// is never reopened.
    package borrowing func resolveToLink(climbing path: SystemPath, mounts: MountCrossing) throws(Errno)
        -> OwnedDescriptor
    {
        let flags = UInt64(OpenFlag.pathOnly | OpenFlag.noFollow | OpenFlag.closeOnExec)
        return try unsafe Self.resolve(from: descriptor.number, flags, .followBeneath, mounts) { call in
            unsafe path.withCString(from: 0, call)
        }
    }

    /// The last component of a name in an open directory: `ELOOP` if it is a symbolic link.
    package static func resolve(
        lastComponentOf name: SystemPath, in parent: borrowing OwnedDescriptor, mounts: MountCrossing
    ) throws(Errno) -> OwnedDescriptor {
        let flags = UInt64(OpenFlag.pathOnly | OpenFlag.closeOnExec)
        return try unsafe resolve(from: parent.number, flags, .refuse, mounts) { call in
            unsafe name.withCString(from: name.lastComponentStart, call)
        }
    }

    /// The same, but a symbolic link itself. What it returns is never reopened.
    package static func resolveToLink(
        lastComponentOf name: SystemPath, in parent: borrowing OwnedDescriptor, mounts: MountCrossing
    ) throws(Errno) -> OwnedDescriptor {
        let flags = UInt64(OpenFlag.pathOnly | OpenFlag.noFollow | OpenFlag.closeOnExec)
        return try unsafe resolve(from: parent.number, flags, .refuse, mounts) { call in
            unsafe name.withCString(from: name.lastComponentStart, call)
        }
    }

    private static func resolve(
        from directory: CInt, _ flags: UInt64, _ links: LinkRule, _ mounts: MountCrossing,
        _ withName: (_ call: (UnsafePointer<CChar>) -> Int32) -> Int32
    ) throws(Errno) -> OwnedDescriptor {
        var resolve = ResolveFlag.beneath | ResolveFlag.noMagicLinks
        if links == .refuse { resolve |= ResolveFlag.noSymlinks }
        if mounts == .refuse { resolve |= ResolveFlag.noCrossing }
        var staleTries = 2
        for attempt in 0... {
            let result = retryingInterrupts {
                unsafe withName { name in unsafe oh_openat2(directory, name, flags, 0, resolve) }
            }
            // A rename or mount somewhere on the system during the walk: EAGAIN (openat2(2)). A file that an NFS
            // server replaced: ESTALE.
            if result == 0 - Errno.resourceTemporarilyUnavailable.rawValue, attempt < 8 { continue }
            if result == 0 - Errno.staleNFSFileHandle.rawValue, staleTries > 0 {
                staleTries -= 1
                continue
            }
            return OwnedDescriptor(taking: try check(result))
        }
        throw .resourceTemporarilyUnavailable
    }

    /// Whether the kernel has what resolving needs: `openat2(2)` (Linux 5.6), mount ids in `statx(2)` (5.8), and
    /// `close_range(2)` (5.9). Without them the broker does not start.
    package static func kernelSupportsResolution() -> Bool {
        guard oh_has_close_range() == 0 else { return false }
        let result = unsafe oh_openat2(
            currentDirectory, "/", UInt64(OpenFlag.pathOnly | OpenFlag.closeOnExec), 0, ResolveFlag.noMagicLinks)
        guard result >= 0 else { return false }
        _ = OwnedDescriptor(taking: result)
        return true
    }
}

/// The text of a symbolic link that `RootDirectory.resolveToLink` or a walk found. `readlinkat(2)` with an empty name.
///
/// - Throws: `ENOENT` if the object is no symbolic link, `ENAMETOOLONG` for a text longer than a path can be.
package func linkTarget(_ link: borrowing OwnedDescriptor) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: SystemPath.longest + 1)
    let number = link.number
    let count = try check(
        unsafe bytes.withUnsafeMutableBytes { unsafe oh_readlinkat(number, "", $0.baseAddress, $0.count) })
    guard count <= SystemPath.longest else { throw .fileNameTooLong }
    return Array(bytes.prefix(Int(count)))
}

/// RESOLVE_ flags of `openat2(2)`, the same on every architecture.
enum ResolveFlag {
    static let noCrossing: UInt64 = 0x01
    static let noMagicLinks: UInt64 = 0x02
    static let noSymlinks: UInt64 = 0x04
    static let beneath: UInt64 = 0x08
    static let inRoot: UInt64 = 0x10
}
