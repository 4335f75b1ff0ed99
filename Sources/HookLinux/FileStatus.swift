internal import CLinux
package import SystemPackage

/// Which object of which file system: what stays the same whatever the object is called.
package struct FileIdentity: Hashable, Sendable {
    package let deviceMajor: UInt32
    package let deviceMinor: UInt32
    package let inode: UInt64
}

/// What kind of object a name leads to.
package enum FileKind: Sendable, Equatable {
    case file, directory, blockDevice, characterDevice, fifo, socket, symbolicLink, unknown

    init(mode: UInt32) {
        switch mode & 0o170_000 {
        case 0o100_000: self = .file
        case 0o040_000: self = .directory
        case 0o060_000: self = .blockDevice
        case 0o020_000: self = .characterDevice
        case 0o010_000: self = .fifo
        case 0o140_000: self = .socket
        case 0o120_000: self = .symbolicLink
        default: self = .unknown
        }
    }
}

/// Where an object is mounted. `id` is unique as long as the system runs if `isUnique` (Linux 6.8), else the kernel
/// uses it again after an unmount.
package struct MountIdentity: Hashable, Sendable {
    package let id: UInt64
    package let isUnique: Bool
}

/// What `statx(2)` says of an object.
package struct FileStatus: Sendable {
    package let identity: FileIdentity
    package let kind: FileKind
    package let mount: MountIdentity
    package let linkCount: UInt32
    package let size: UInt64
    /// When the object, or how many names it has, was last changed: seconds since 1970 (`stx_ctime`).
    package let changed: Int64
    package let owner: UInt32
    package let group: UInt32
    /// The permission bits, set-id and sticky bits included.
    package let permissions: UInt32
    package let device: (major: UInt32, minor: UInt32)

    init(_ raw: oh_stat) {
        identity = FileIdentity(deviceMajor: raw.dev_major, deviceMinor: raw.dev_minor, inode: raw.ino)
        kind = FileKind(mode: raw.mode)
        mount = MountIdentity(id: raw.mount_id, isUnique: raw.mount_id_is_unique != 0)
        linkCount = raw.nlink
        size = raw.size
        changed = raw.changed
        owner = raw.uid
        group = raw.gid
        permissions = raw.mode & 0o7777
        device = (raw.rdev_major, raw.rdev_minor)
    }

    /// Whether anyone but the owner may write, by the permission bits alone.
    package var isWritableByOthers: Bool { permissions & 0o022 != 0 }

    /// How the kernel is asked.
    package enum Freshness { case synchronized, cached }

    /// The status of an open object. With `.cached` no file server is asked (`AT_STATX_DONT_SYNC`). `statx(2)`.
    package static func of(
        _ descriptor: borrowing OwnedDescriptor, _ freshness: Freshness = .cached
    ) throws(Errno) -> FileStatus {
        try of(descriptor: descriptor.number, freshness)
    }

    package static func of(descriptor: CInt, _ freshness: Freshness = .cached) throws(Errno) -> FileStatus {
        var raw = oh_stat()
        _ = try check(unsafe oh_statx(descriptor, "", freshness == .cached ? UInt32(OH_STAT_DONT_SYNC) : 0, &raw))
        return FileStatus(raw)
    }

    /// The status of what a name leads to, symbolic links followed. No file server is asked for fresh attributes.
    /// `statx(2)` with `AT_STATX_DONT_SYNC|AT_NO_AUTOMOUNT`.
    package static func following(_ path: SystemPath) throws(Errno) -> FileStatus {
        var raw = oh_stat()
        let how = UInt32(OH_STAT_FOLLOW | OH_STAT_DONT_SYNC)
        _ = try check(unsafe path.withCString { unsafe oh_statx(currentDirectory, $0, how, &raw) })
        return FileStatus(raw)
    }

    /// The status of a name itself: of a symbolic link, if it is one. `statx(2)` with `AT_SYMLINK_NOFOLLOW`.
    package static func named(_ path: SystemPath, _ freshness: Freshness = .synchronized) throws(Errno) -> FileStatus {
        var raw = oh_stat()
        let how = freshness == .cached ? UInt32(OH_STAT_DONT_SYNC) : 0
        _ = try check(unsafe path.withCString { unsafe oh_statx(currentDirectory, $0, how, &raw) })
        return FileStatus(raw)
    }

    /// The mount id that `/proc/self/mountinfo` has, which the kernel uses again after an unmount.
    static func reusedMountID(ofDescriptor descriptor: CInt) throws(Errno) -> UInt64 {
        var raw = oh_stat()
        let how = UInt32(OH_STAT_DONT_SYNC | OH_STAT_REUSED_MOUNT_ID)
        _ = try check(unsafe oh_statx(descriptor, "", how, &raw))
        return raw.mount_id
    }
}

/// AT_FDCWD: an absolute name is resolved from the root directory whatever stands here.
let currentDirectory: CInt = -100

/// Names that are held without being opened.
package enum PathDescriptor {
    /// What a name leads to, symbolic links followed. `open(2)` with `O_PATH`.
    package static func open(_ path: SystemPath) throws(Errno) -> OwnedDescriptor {
        let flags = OpenFlag.pathOnly | OpenFlag.closeOnExec
        return OwnedDescriptor(
            taking: try check(unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) }))
    }
}
