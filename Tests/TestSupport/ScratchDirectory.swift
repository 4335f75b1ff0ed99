import Foundation
import Glibc
package import HookLinux
import SystemPackage

/// A directory that a test has to itself, removed with all that is in it. Names given to it are relative.
package final class ScratchDirectory: Sendable {
    package let path: String

    /// - Parameter parent: short, because the names of sockets must be.
    package init(in parent: String = "/tmp") throws {
        var template = Array("\(parent)/openhook-XXXXXX".utf8CString)
        guard let made = unsafe mkdtemp(&template) else { throw SetUpFailure("mkdtemp in \(parent)") }
        let path = unsafe String(cString: made)
        self.path = path
        // Programs that run as another user must be able to come here.
        try require("chmod \(path)") { unsafe chmod(path, 0o755) }
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { print("not removed: \(path): \(error)") }
    }

    package func path(_ name: String) -> String { "\(path)/\(name)" }

    package func bytes(_ name: String) -> [UInt8] { Array(path(name).utf8) }

    // MARK: Making

    package func directory(_ name: String, mode: UInt32 = 0o755) throws {
        try require("mkdir \(name)") { unsafe mkdir(path(name), mode) }
        try setMode(name, mode)
    }

    package func file(_ name: String, _ text: String = "image", mode: UInt32 = 0o600) throws {
        try file(bytes(name), text, mode: mode)
    }

    /// A file whose name may be any bytes; absolute.
    package func file(_ name: [UInt8], _ text: String = "image", mode: UInt32 = 0o600) throws {
        let file = try require("open \(String(decoding: name, as: UTF8.self))") {
            unsafe Glibc.open(Self.cString(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        }
        let descriptor = OwnedDescriptor(taking: file)
        // A parallel test may have another umask for a moment.
        try require("fchmod") { fchmod(descriptor.number, mode) }
        let bytes = Array(text.utf8)
        let written = unsafe Glibc.write(descriptor.number, bytes, bytes.count)
        guard written == bytes.count else { throw SetUpFailure("write") }
    }

    /// Replaces a file as a whole, as an administrator's editor does.
    package func replace(_ name: String, _ text: String) throws {
        try file("\(name).new", text)
        try rename("\(name).new", to: name)
    }

    /// - Parameter target: as it stands in the link.
    package func symlink(_ name: String, to target: String) throws {
        try require("symlink \(name)") { unsafe Glibc.symlink(target, path(name)) }
    }

    package func hardLink(_ name: String, to existing: String) throws {
        try require("link \(name)") { unsafe Glibc.link(path(existing), path(name)) }
    }

    package func fifo(_ name: String) throws {
        try require("mkfifo \(name)") { unsafe mkfifo(path(name), 0o600) }
    }

    /// A device node: for root alone.
    package func device(_ name: String, _ kind: FileKind, major: UInt64, minor: UInt64) throws {
        let type: mode_t = kind == .blockDevice ? 0o060_000 : 0o020_000
        try require("mknod \(name)") { unsafe mknod(path(name), type | 0o600, dev_t(major << 8 | minor)) }
    }

    /// A socket to which nobody listens.
    package func socket(_ name: String) throws {
        try UnixSocket(.stream).bind(to: SystemPath(text: path(name)))
    }

    // MARK: Changing and looking

    package func rename(_ name: String, to new: String) throws {
        try require("rename \(name)") { unsafe Glibc.rename(path(name), path(new)) }
    }

    package func remove(_ name: String) throws {
        try require("unlink \(name)") { unsafe unlink(path(name)) }
    }

    package func setMode(_ name: String, _ mode: UInt32) throws {
        try require("chmod \(name)") { unsafe chmod(path(name), mode) }
    }

    package func text(_ name: String) throws -> String {
        String(decoding: try SmallFile.read(SystemPath(text: path(name)), limit: 64 << 20), as: UTF8.self)
    }

    /// Of the name itself, not of what a symbolic link leads to.
    package func status(_ name: String) throws -> FileStatus { try FileStatus.named(SystemPath(text: path(name))) }

    package func exists(_ name: String) -> Bool { (try? status(name)) != nil }

    private static func cString(_ name: [UInt8]) -> [CChar] { name.map { CChar(bitPattern: $0) } + [0] }
}
