/// What a driver of QEMU's block layer is about, as far as files go.
enum BlockDriver: Equatable {
    /// It opens the file that `filename` names.
    case file(FileUse.Form)
    /// It reads another node: a format, or a filter.
    case format(Layering)
    /// It opens a device of the host by `path`: `virtio-blk-vhost-vdpa` and its like.
    case devicePath
    /// A PCI device, by VFIO.
    case nvme
    /// A directory that is shown as a file system.
    case directory
    /// It opens no file.
    case none
    /// It talks to a server.
    case remote
    case unknown

    /// Whether an image of this format can be based on another one that its header names.
    enum Layering: Equatable { case layered, flat, scattered }

    init(_ name: String) {
        switch name {
        case "file": self = .file(.file)
        case "host_device": self = .file(.unknown)
        case "host_cdrom": self = .file(.block)
        case "qcow2", "qcow", "qed": self = .format(.layered)
        // Their headers name further files to read, one beside the other.
        case "vmdk": self = .format(.scattered)
        case "raw", "luks", "vdi", "vhdx", "vpc", "parallels", "dmg", "cloop", "bochs", "copy-on-read", "throttle",
            "blkdebug", "blkverify", "blklogwrites", "blkreplay", "quorum", "preallocate", "compress",
            "copy-before-write", "replication", "snapshot-access":
            self = .format(.flat)
        case "virtio-blk-vhost-vdpa", "virtio-blk-vfio-pci", "nvme-io_uring", "io_uring", "virtio-blk-vhost-user":
            self = .devicePath
        case "nvme": self = .nvme
        case "vvfat": self = .directory
        case "null-co", "null-aio": self = .none
        case "nbd", "ssh", "http", "https", "ftp", "ftps", "rbd", "iscsi", "nfs", "gluster", "sheepdog", "curl":
            self = .remote
        default: self = .unknown
        }
    }
}
