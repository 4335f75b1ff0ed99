package import SystemPackage
internal import Synchronization

/// What the broker wants to know of a mount.
package struct Mount: Sendable, Equatable {
    /// Whose labels the files there carry, as SELinux sees them.
    package enum Labelling: Sendable, Equatable {
        /// Each file its own (`seclabel`).
        case perFile
        /// All of them one that the admin chose (`context=`).
        case context
        case none
        /// The mount is not listed. What the kernel calls a file there may be its own label or its file system's.
        case unknown
    }

    /// Whether an open there can wait for something other than this machine.
    package enum Reach: Sendable, Equatable { case local, canHang }

    /// As in `/proc/filesystems`, with a FUSE subtype after a dot: `ext4`, `nfs4`, `fuse.sshfs`.
    package let fileSystem: [UInt8]
    package let labelling: Labelling
    package let reach: Reach
    /// Whether a name there may lead to a file that the kernel spells otherwise: known of the local ones that always do.
    package let foldsCase: Bool

    package init(fileSystem: [UInt8], labelling: Labelling) {
        self.fileSystem = fileSystem
        self.labelling = labelling
        reach = Mount.localFileSystems.contains(fileSystem) ? .local : .canHang
        foldsCase = reach == .canHang || Mount.foldingFileSystems.contains(fileSystem)
    }

    private init(_ fileSystem: StaticString, _ labelling: Labelling, _ reach: Reach) {
        self.fileSystem = Array(fileSystem.description.utf8)
        self.labelling = labelling
        self.reach = reach
        foldsCase = true
    }

    /// What is assumed of a mount that the kernel does not list: nothing of its labels, and that it hangs, unless it lies
    /// on a block device. Device numbers of others have the major number 0 (`get_anon_bdev`); no file server is asked.
    static func unlisted(deviceMajor: UInt32) -> Mount {
        Mount("unknown", .unknown, deviceMajor == 0 ? .canHang : .local)
    }

    private static let foldingFileSystems: Set<[UInt8]> = Set(
        ["vfat", "exfat", "ntfs3", "jfs", "iso9660", "udf", "zfs"].map { Array($0.utf8) })

    /// File systems that need nothing but this machine. Any other one, known or not, may hang.
    private static let localFileSystems: Set<[UInt8]> = Set(
        [
            "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "tmpfs", "ramfs", "devtmpfs", "overlay",
            "hugetlbfs", "iso9660", "udf", "squashfs", "erofs", "vfat", "exfat", "ntfs3", "proc", "sysfs", "devpts",
            "jfs", "reiserfs", "minix", "configfs", "securityfs",
        ].map { Array($0.utf8) })
}

/// The mounts of this process's namespace, each read from `/proc/self/mountinfo` once.
///
/// A mount never changes its file system; its label options change with a remount alone, which keeps the id.
/// Reading the whole file costs 42 µs, and 1 ms with 1,000 mounts, so it is not done for each request: an entry is
/// found by the mount's unique id (`STATX_MNT_ID_UNIQUE`, Linux 6.8). Before that ids are used again, and nothing is
/// kept.
package final class MountTable: Sendable {
    private let known = Mutex<[UInt64: Mount]>([:])
    private let mountInfo: SystemPath

    /// - Parameter mountInfo: the file of the kernel that lists the mounts.
    package init(reading mountInfo: SystemPath = SystemPath("/proc/thread-self/mountinfo")) {
        self.mountInfo = mountInfo
    }

    /// The mount of an open object. It asks no file server.
    ///
    /// - Throws: errnos of reading the file.
    package func mount(of descriptor: CInt, _ identity: MountIdentity) throws(Errno) -> Mount {
        if identity.isUnique, let mount = known.withLock({ $0[identity.id] }) { return mount }
        let reused = try FileStatus.reusedMountID(ofDescriptor: descriptor)
        let text = try SmallFile.read(mountInfo, limit: 64 << 20)
        let mount: Mount
        if let listed = MountInfo.mount(withID: reused, in: text) {
            mount = listed
        } else {
            // The root directory of a plain chroot is no mount point, and is not listed.
            mount = .unlisted(deviceMajor: try FileStatus.of(descriptor: descriptor).identity.deviceMajor)
        }
        if identity.isUnique { known.withLock { $0[identity.id] = mount } }
        return mount
    }

    /// Drops what is known: at a reload, because a remount may have changed options.
    package func forget() { known.withLock { $0.removeAll() } }
}

/// The format of `/proc/self/mountinfo` (proc(5)): id, parent, device, root, mount point, options, optional fields, a
/// dash, type, source, super block options.
package enum MountInfo {
    package static func mount(withID id: UInt64, in text: [UInt8]) -> Mount? {
        let wanted = Array(String(id).utf8)
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "))
            guard let first = fields.first, first.elementsEqual(wanted) else { continue }
            guard let dash = fields.firstIndex(where: { $0.elementsEqual([UInt8(ascii: "-")]) }), dash >= 6,
                fields.count > dash + 3
            else { return nil }
            return Mount(
                fileSystem: Array(fields[dash + 1]),
                labelling: labelling(of: [fields[5], fields[dash + 3]]))
        }
        return nil
    }

    private static func labelling(of optionLists: [ArraySlice<UInt8>]) -> Mount.Labelling {
        var found = Mount.Labelling.none
        for option in optionLists.flatMap({ $0.split(separator: UInt8(ascii: ",")) }) {
            if option.starts(with: "context=".utf8) { return .context }
            if option.elementsEqual("seclabel".utf8) { found = .perFile }
        }
        return found
    }
}
