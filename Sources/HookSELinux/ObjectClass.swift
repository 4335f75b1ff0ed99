/// The SELinux object classes that are asked about.
package enum ObjectClass: UInt8, CaseIterable, Hashable, Sendable {
    case file, blockDevice, characterDevice, directory, fd

    /// The class's name in a policy.
    package var name: String {
        switch self {
        case .file: "file"
        case .blockDevice: "blk_file"
        case .characterDevice: "chr_file"
        case .directory: "dir"
        case .fd: "fd"
        }
    }

    /// Every permission that is ever asked of this class. The policy must know all of them.
    var permissions: Permissions {
        switch self {
        case .file: [.read, .write, .append, .getattr, .lock, .ioctl, .open, .create]
        case .blockDevice, .characterDevice: [.read, .write, .append, .getattr, .lock, .ioctl, .open]
        case .directory: [.write, .addName]
        case .fd: .use
        }
    }
}
