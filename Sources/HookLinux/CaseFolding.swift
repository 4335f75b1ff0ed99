internal import CLinux
package import SystemPackage

/// Whether names that differ in capitals and small letters alone are one name.
package enum CaseFolding {
    /// Whether that is so of the names in this directory; false where it cannot be found out.
    ///
    /// A network file system is told by its type alone: nothing there is opened, which might hang.
    package static func applies(in directory: borrowing RootDirectory, _ mount: Mount) -> Bool {
        if isUsual(on: mount.fileSystem) { return true }
        guard mount.reach == .local, let flags = try? inodeFlags(of: directory) else { return false }
        return flags & UInt32(OH_INODE_CASE_FOLD) != 0
    }

    /// Whether a file system of this type folds names unless it is told otherwise (`mount(8)`). A CIFS server mostly
    /// does, whatever the client thinks of it.
    package static func isUsual(on fileSystem: [UInt8]) -> Bool { folding.contains(fileSystem) }

    private static let folding: Set<[UInt8]> = Set(
        ["vfat", "msdos", "exfat", "ntfs", "ntfs3", "hfs", "hfsplus", "affs", "hpfs", "cifs", "smb3"].map {
            Array($0.utf8)
        })

    /// The flags of `chattr(1)`, of which `+F` folds names in ext4, f2fs, tmpfs. `ioctl_iflags(2)`.
    ///
    /// - Throws: `ENOTTY`, `EOPNOTSUPP` of a file system without flags; errnos of `open(2)`.
    package static func inodeFlags(of directory: borrowing RootDirectory) throws(Errno) -> UInt32 {
        // What is held is open with O_PATH, of which there is no ioctl.
        let flags = OpenFlag.readOnly | OpenFlag.directory | OpenFlag.closeOnExec | OpenFlag.nonBlocking
        let held = directory.descriptor.number
        let opened = OwnedDescriptor(taking: try check(unsafe oh_openat(held, ".", flags, 0)))
        return UInt32(truncatingIfNeeded: try check(oh_inode_flags(opened.number)))
    }
}
