internal import CLinux
package import SystemPackage

/// Puts other bytes in the place of a file: whole or not at all, and the old file is kept.
package enum ReplacedFile {
    /// Writes a file beside the old one, with the same owner and permissions, makes it durable, gives the old one a second
    /// name, and renames. Whoever opens the name has the old bytes or the new ones, also after a crash.
    ///
    /// - Parameter status: what the old file is.
    /// - Returns: the name by which the old file is kept: `.orig` behind its own, or `.orig.1`, `.orig.2`…
    /// - Throws: errnos of `open(2)`, `write(2)`, `fsync(2)`, `link(2)`, `rename(2)`; nothing has changed then.
    package static func replace(
        _ path: SystemPath, _ status: FileStatus, with bytes: [UInt8]
    ) throws(Errno) -> SystemPath {
        let temporary = try write(bytes, beside: path, mode: status.permissions) { file throws(Errno) in
            if status.owner != ThisProcess.effectiveUser || status.group != oh_effective_group() {
                _ = try check(oh_change_owner(file.number, status.owner, status.group))
            }
        }
        do throws(Errno) {
            let kept = try keep(path)
            try rename(temporary, to: path)
            return kept
        } catch {
            _ = unsafe temporary.withCString { unsafe oh_unlink($0) }
            throw error
        }
    }

    /// Makes a file that must not exist, in the same way.
    ///
    /// - Throws: `EEXIST`, and the errnos of ``replace(_:_:with:)``.
    package static func make(_ path: SystemPath, mode: UInt32, with bytes: [UInt8]) throws(Errno) {
        let temporary = try write(bytes, beside: path, mode: mode) { _ throws(Errno) in }
        defer { _ = unsafe temporary.withCString { unsafe oh_unlink($0) } }
        // Unlike rename(2), link(2) never replaces what has come to stand there.
        try link(temporary, to: path)
        try synchronizeDirectory(of: path)
    }

    private static func write(
        _ bytes: [UInt8], beside path: SystemPath, mode: UInt32,
        _ prepare: (borrowing OwnedDescriptor) throws(Errno) -> Void
    ) throws(Errno) -> SystemPath {
        let flags = OpenFlag.writeOnly | OpenFlag.create | OpenFlag.exclusive | OpenFlag.closeOnExec
        for _ in 0..<100 {
            var temporary = path
            for byte in ".new-\(UInt32.random(in: .min ... .max))".utf8 { temporary.append(byte) }
            let opened = unsafe temporary.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0o600) }
            if Errno(rawValue: -opened) == .fileExists { continue }
            let file = OwnedDescriptor(taking: try check(opened))
            do throws(Errno) {
                try file.writeAll(bytes)
                try prepare(file)
                _ = try check(oh_set_mode(file.number, mode))
                _ = try check(oh_synchronize(file.number))
                return temporary
            } catch {
                _ = unsafe temporary.withCString { unsafe oh_unlink($0) }
                throw error
            }
        }
        throw .fileExists
    }

    private static func keep(_ path: SystemPath) throws(Errno) -> SystemPath {
        for number in 0..<1000 {
            var kept = path
            for byte in (number == 0 ? ".orig" : ".orig.\(number)").utf8 { kept.append(byte) }
            do throws(Errno) {
                try link(path, to: kept)
                return kept
            } catch .fileExists {
                continue
            }
        }
        throw .fileExists
    }

    private static func link(_ old: SystemPath, to new: SystemPath) throws(Errno) {
        _ = try check(unsafe old.withCString { old in unsafe new.withCString { unsafe oh_link(old, $0) } })
    }

    private static func rename(_ old: SystemPath, to new: SystemPath) throws(Errno) {
        _ = try check(unsafe old.withCString { old in unsafe new.withCString { unsafe oh_rename(old, $0) } })
        try synchronizeDirectory(of: new)
    }

    private static func synchronizeDirectory(of path: SystemPath) throws(Errno) {
        var directory = path
        directory.truncate(to: path.lastComponentStart)
        if directory.isEmpty { directory = SystemPath(text: ".") }
        let flags = OpenFlag.readOnly | OpenFlag.directory | OpenFlag.closeOnExec
        let opened = OwnedDescriptor(
            taking: try check(unsafe directory.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) }))
        _ = try check(oh_synchronize(opened.number))
    }
}
