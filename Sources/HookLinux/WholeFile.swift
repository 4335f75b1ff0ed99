internal import CLinux
package import SystemPackage

/// Writing a file so that it is there whole or not at all.
package enum WholeFile {
    package enum Collision: Sendable {
        /// `EEXIST` if the name is taken.
        case refused
        /// What has the name is replaced, if it is a file: a symbolic link is, not what it leads to.
        case replaced
    }

    /// Writes into a file beside the name, has it reach the disk, and gives it the name. `rename(2)`, or
    /// `renameat2(2)` with `RENAME_NOREPLACE`.
    ///
    /// - Parameter mode: its permissions, whatever the umask.
    /// - Throws: `EEXIST` if the name is taken and must not be, errnos of the calls. Then nothing is left behind.
    package static func write(
        _ bytes: [UInt8], to path: SystemPath, mode: UInt32, _ collision: Collision
    ) throws(Errno) {
        let draft = try Draft(beside: path)
        do throws(Errno) {
            try draft.file.writeAll(bytes)
            _ = try check(oh_set_mode(draft.file.number, mode))
            _ = try check(oh_sync(draft.file.number))
            let renamed = unsafe draft.path.withCString { from in
                unsafe path.withCString { to in
                    collision == .replaced ? unsafe oh_rename(from, to) : unsafe oh_rename_new(from, to)
                }
            }
            _ = try check(renamed)
        } catch {
            _ = unsafe draft.path.withCString { unsafe oh_unlink($0) }
            throw error
        }
    }

    /// A file with a name of its own beside the one that is to be.
    private struct Draft: ~Copyable {
        let path: SystemPath
        let file: OwnedDescriptor

        init(beside path: SystemPath) throws(Errno) {
            let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
            let flags =
                OpenFlag.writeOnly | OpenFlag.create | OpenFlag.exclusive | OpenFlag.noFollow | OpenFlag.closeOnExec
            for _ in 0..<100 {
                var candidate = path
                candidate.append(UInt8(ascii: "."))
                for _ in 0..<8 { candidate.append(letters[Int.random(in: letters.indices)]) }
                do throws(Errno) {
                    let number = try check(
                        unsafe candidate.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0o600) })
                    self.path = candidate
                    file = OwnedDescriptor(taking: number)
                    return
                } catch .fileExists {
                    continue
                }
            }
            throw .fileExists
        }
    }
}
