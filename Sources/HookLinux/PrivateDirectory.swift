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

    /// Makes a directory of mode 0700 for a user, or finds it made. `mkdir(2)`, `lstat(2)`.
    ///
    /// The directory that it lies in must let nobody else replace it: by its mode, or by its sticky bit.
    package static func make(_ path: SystemPath, uid: UInt32, gid: UInt32) throws(Failure) {
        do throws(Errno) {
            do {
                _ = try check(unsafe path.withCString { unsafe oh_mkdir($0, 0o700) })
                _ = try check(unsafe path.withCString { unsafe oh_chmod($0, 0o700) })
                if uid != oh_effective_user() || gid != oh_effective_group() {
                    _ = try check(unsafe path.withCString { unsafe oh_chown($0, uid, gid) })
                }
                return
            } catch .fileExists {}
        } catch {
            throw .system(error)
        }
        let status: FileStatus
        do { status = try FileStatus.named(path) } catch { throw .system(error) }
        guard status.kind == .directory else { throw .notADirectory }
        guard status.owner == uid else { throw .belongsTo(status.owner) }
        guard !status.isWritableByOthers else { throw .writableByOthers }
    }

    /// Makes a directory that everybody may enter, if there is nothing of that name. `mkdir(2)`.
    package static func makeShared(_ path: SystemPath) throws(Errno) {
        do {
            _ = try check(unsafe path.withCString { unsafe oh_mkdir($0, 0o755) })
            _ = try check(unsafe path.withCString { unsafe oh_chmod($0, 0o755) })
        } catch .fileExists {}
    }
}
