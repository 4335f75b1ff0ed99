internal import CLinux
package import SystemPackage

/// What a name of this host leads to, for the admin's command: the broker resolves names beneath its roots alone.
package enum NamedObject {
    /// The object itself, whatever it is, symbolic links followed. `open(2)` with `O_PATH`.
    package static func open(_ path: SystemPath) throws(Errno) -> OwnedDescriptor {
        let flags = OpenFlag.pathOnly | OpenFlag.closeOnExec
        return OwnedDescriptor(
            taking: try check(unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) }))
    }

    /// The text of a symbolic link, as it stands there. `readlink(2)`.
    ///
    /// - Throws: `EINVAL` if the name is no symbolic link, `ENAMETOOLONG` for a text longer than a path can be.
    package static func linkText(at path: SystemPath) throws(Errno) -> [UInt8] {
        var text = SystemPath()
        try unsafe text.fill { bytes in
            unsafe path.withCString { unsafe oh_readlinkat(currentDirectory, $0, bytes.baseAddress, bytes.count) }
        }
        return text.bytes
    }
}
