internal import CLinux
package import SystemPackage

/// The steps that make or change a file, each one system call on something that is already open.
package enum FileCreation {
    /// Makes a file in an open directory and opens it: the last component of `name`, which must not exist.
    ///
    /// The permissions are exactly `mode`: the process has cleared its umask. `openat(2)` with
    /// `O_CREAT|O_EXCL`, which follows no symbolic link in the last component.
    /// - Throws: `EEXIST` if anything has that name, a symbolic link included; other errnos of the call.
    package static func create(
        lastComponentOf name: SystemPath, in parent: borrowing OwnedDescriptor, flags: CInt, mode: UInt32
    ) throws(Errno) -> OwnedDescriptor {
        let all =
            flags | OpenFlag.create | OpenFlag.exclusive | OpenFlag.closeOnExec
            | OpenFlag.noControllingTerminal
        let directory = parent.number
        let opened = retryingInterrupts {
            unsafe name.withCString(from: name.lastComponentStart) { unsafe oh_openat(directory, $0, all, mode) }
        }
        return OwnedDescriptor(taking: try check(opened))
    }

    /// `fchown(2)`.
    package static func changeOwner(
        of file: borrowing OwnedDescriptor, user: UInt32, group: UInt32
    ) throws(Errno) {
        _ = try check(oh_change_owner(file.number, user, group))
    }

    /// Cuts a file to nothing. `ftruncate(2)`.
    package static func truncate(_ file: borrowing OwnedDescriptor) throws(Errno) {
        let number = file.number
        _ = try check(retryingInterrupts { oh_truncate(number, 0) })
    }
}
