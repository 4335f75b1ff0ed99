internal import CLinux
package import SystemPackage

/// Directories that one user has to itself.
package enum PrivateDirectory {
    /// What stands in the way of one.
    package enum Failure: Error, Sendable, Equatable {
        case system(Errno)
        /// There is something else of that name.
        case notADirectory
        case belongsTo(UInt32)
        case writableByOthers
    }

    /// Makes a directory of mode 0700 for a user, or finds it made. `mkdir(2)`, `renameat2(2)`, `lstat(2)`.
    ///
    /// It has its name when it is that user's, not before: whoever makes it at the same time finds it whole. The directory
    /// that it lies in must let nobody else replace it: by its mode, or by its sticky bit.
    package static func make(_ path: SystemPath, uid: UInt32, gid: UInt32) throws(Failure) {
        do throws(Errno) {
            if try !exists(path) { try makeNew(path, uid, gid) }
        } catch .fileExists {
            // Somebody else was faster.
        } catch {
            throw .system(error)
        }
        let status: FileStatus
        do { status = try FileStatus.named(path) } catch { throw .system(error) }
        guard status.kind == .directory else { throw .notADirectory }
        guard status.owner == uid else { throw .belongsTo(status.owner) }
        guard !status.isWritableByOthers else { throw .writableByOthers }
    }

    private static func exists(_ path: SystemPath) throws(Errno) -> Bool {
        do throws(Errno) { _ = try FileStatus.named(path) } catch .noSuchFileOrDirectory { return false }
        return true
    }

    /// - Throws: `EEXIST` if there is something of that name by now.
    private static func makeNew(_ path: SystemPath, _ uid: UInt32, _ gid: UInt32) throws(Errno) {
        // In a directory of its own beside it, but with its own name: SELinux may label it by that (`type_transition`).
        var beginning = path
        beginning.append(UInt8(ascii: "."))
        let folder = try TemporaryFolder(beginning, .kept).path
        var new = folder
        new.appendLastComponent(of: path)
        defer {
            // `rmdir` alone: what is not empty is not this function's.
            _ = unsafe new.withCString { unsafe oh_remove_directory($0) }
            _ = unsafe folder.withCString { unsafe oh_remove_directory($0) }
        }
        _ = try check(unsafe new.withCString { unsafe oh_mkdir($0, 0o700) })
        _ = try check(unsafe new.withCString { unsafe oh_chmod($0, 0o700) })
        if uid != oh_effective_user() || gid != oh_effective_group() {
            _ = try check(unsafe new.withCString { unsafe oh_chown($0, uid, gid) })
        }
        try NameChange.renameWithoutReplacing(new, to: path)
    }

    /// Makes a directory that everybody may enter, if there is nothing of that name. `mkdir(2)`.
    package static func makeShared(_ path: SystemPath) throws(Errno) {
        do {
            _ = try check(unsafe path.withCString { unsafe oh_mkdir($0, 0o755) })
            _ = try check(unsafe path.withCString { unsafe oh_chmod($0, 0o755) })
        } catch .fileExists {}
    }
}
