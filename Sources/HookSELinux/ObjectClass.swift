/// The SELinux object classes that are asked about.
package enum ObjectClass: UInt8, CaseIterable, Hashable, Sendable {
    case file, blockDevice, characterDevice, directory, fd
    /// Only ever renamed or removed, never opened for a client.
    case symbolicLink, fifo, socketFile

    /// The class's name in a policy.
    package var name: String {
        switch self {
        case .file: "file"
        case .blockDevice: "blk_file"
        case .characterDevice: "chr_file"
        case .directory: "dir"
        case .fd: "fd"
        case .symbolicLink: "lnk_file"
        case .fifo: "fifo_file"
        case .socketFile: "sock_file"
        }
    }

    /// Every permission that is ever asked of this class. The policy must know all of them.
    var permissions: Permissions {
        switch self {
        case .file: [.read, .write, .append, .getattr, .lock, .ioctl, .open, .create, .unlink, .rename]
        case .blockDevice, .characterDevice:
            [.read, .write, .append, .getattr, .lock, .ioctl, .open, .unlink, .rename]
        case .directory: [.write, .addName, .removeName, .search]
        case .fd: .use
        case .symbolicLink, .fifo, .socketFile: [.unlink, .rename]
        }
    }
}
