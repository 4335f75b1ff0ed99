internal import CLinux
package import SystemPackage

/// A directory with a name of its own that is removed, with all that is in it, when the value ends.
package struct TemporaryFolder: ~Copyable, Sendable {
    /// Whether it stays when the value ends.
    package enum Fate: Sendable { case removed, kept }

    package let path: SystemPath
    private let fate: Fate

    /// `mkdir(2)` with mode 0700, with random letters behind a beginning.
    ///
    /// - Parameter beginning: an absolute name: `/tmp/demo.`
    package init(_ beginning: SystemPath, _ fate: Fate) throws(Errno) {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        for _ in 0..<100 {
            var candidate = beginning
            for _ in 0..<8 { candidate.append(letters[Int.random(in: letters.indices)]) }
            do throws(Errno) {
                _ = try check(unsafe candidate.withCString { unsafe oh_mkdir($0, 0o700) })
            } catch .fileExists {
                continue
            }
            path = candidate
            self.fate = fate
            return
        }
        throw .fileExists
    }

    deinit {
        guard fate == .removed else { return }
        // What cannot be removed stays: a scratch directory is no reason to end differently.
        try? Self.remove(path)
    }

    /// The name of something in it.
    package borrowing func name(_ relative: String) -> SystemPath {
        var name = path
        name.append(UInt8(ascii: "/"))
        for byte in relative.utf8 { name.append(byte) }
        return name
    }

    /// `mkdir(2)`, `chmod(2)`: the mode is exact, whatever the umask.
    package borrowing func makeDirectory(_ relative: String, mode: UInt32) throws(Errno) {
        let path = name(relative)
        _ = try check(unsafe path.withCString { unsafe oh_mkdir($0, 0o700) })
        try Self.setMode(of: path, mode)
    }

    /// Makes a file that must not exist, with bytes in it and exactly this mode. `open(2)`, `write(2)`, `chmod(2)`.
    package borrowing func makeFile(_ relative: String, mode: UInt32, _ bytes: [UInt8]) throws(Errno) {
        let path = name(relative)
        let flags = OpenFlag.writeOnly | OpenFlag.create | OpenFlag.exclusive | OpenFlag.closeOnExec
        let file = OwnedDescriptor(
            taking: try check(unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0o600) }))
        try file.writeAll(bytes)
        try Self.setMode(of: path, mode)
    }

    /// `symlink(2)`
    package borrowing func makeLink(_ relative: String, to target: String) throws(Errno) {
        let path = name(relative)
        let target = SystemPath(text: target)
        _ = try check(
            unsafe path.withCString { path in unsafe target.withCString { unsafe oh_symlink($0, path) } })
    }

    /// Opens a file for appending, and makes it if it is missing: for the output of a program.
    package borrowing func openLog(_ relative: String) throws(Errno) -> OwnedDescriptor {
        let path = name(relative)
        let flags = OpenFlag.writeOnly | OpenFlag.create | OpenFlag.append | OpenFlag.closeOnExec
        return OwnedDescriptor(
            taking: try check(unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0o600) }))
    }

    /// Who may enter it.
    package borrowing func setMode(_ mode: UInt32) throws(Errno) { try Self.setMode(of: path, mode) }

    private static func setMode(of path: SystemPath, _ mode: UInt32) throws(Errno) {
        _ = try check(unsafe path.withCString { unsafe oh_chmod($0, mode) })
    }

    /// `unlink(2)`, `rmdir(2)`. Symbolic links are removed, never followed.
    private static func remove(_ path: SystemPath) throws(Errno) {
        guard try FileStatus.named(path).kind == .directory else {
            _ = try check(unsafe path.withCString { unsafe oh_unlink($0) })
            return
        }
        for name in try names(in: path) { try remove(name) }
        _ = try check(unsafe path.withCString { unsafe oh_remove_directory($0) })
    }

    private static func names(in path: SystemPath) throws(Errno) -> [SystemPath] {
        let flags = OpenFlag.pathOnly | OpenFlag.directory | OpenFlag.noFollow | OpenFlag.closeOnExec
        let directory = OwnedDescriptor(
            taking: try check(unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) }))
        var names: [SystemPath] = []
        try DirectoryListing.forEachName(in: directory) { entry in
            var name = path
            name.appendComponent(entry)
            names.append(name)
        }
        return names
    }
}
