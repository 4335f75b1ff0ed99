internal import CLinux
package import SystemPackage

/// A file that says which process serves, as long as it does: it goes when the value ends.
///
/// It is locked (flock(2)), so that a second server leaves the file of one that lives alone, and takes over that of one
/// which was killed.
package final class PidFile: Sendable {
    private let file: OwnedDescriptor
    private let path: SystemPath
    private let identity: FileIdentity

    /// The directory must be one that only this process's user can write.
    ///
    /// - Throws: `EAGAIN` if it is another process's that lives, errnos of `open(2)` and `write(2)`.
    package init(at path: SystemPath) throws(Errno) {
        file = try Self.locked(path)
        identity = try FileStatus.of(file).identity
        self.path = path
        _ = try check(oh_set_mode(file.number, 0o644))
        _ = try check(oh_truncate(file.number, 0))
        try file.writeAll(Array("\(ThisProcess.pid)\n".utf8))
    }

    /// Removes the name, if it is still this file's. The lock is held until then.
    deinit {
        guard let now = try? FileStatus.named(path), now.identity == identity else { return }
        _ = unsafe path.withCString { unsafe oh_unlink($0) }
    }

    private static func locked(_ path: SystemPath) throws(Errno) -> OwnedDescriptor {
        let flags =
            OpenFlag.writeOnly | OpenFlag.create | OpenFlag.noFollow | OpenFlag.nonBlocking | OpenFlag.closeOnExec
        for _ in 0..<10 {
            let opened = OwnedDescriptor(
                taking: try check(unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0o644) }))
            _ = try check(oh_lock(opened.number))
            let identity = try FileStatus.of(opened).identity
            // The one before may have removed the name between the two calls.
            if let now = try? FileStatus.named(path), now.identity == identity { return opened }
        }
        throw .resourceTemporarilyUnavailable
    }
}
