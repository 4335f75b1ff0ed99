import Foundation
import HookLinux

/// A directory of images that belong to root and that nobody else can come to, beside what a VM needs of its own;
/// removed at the end.
final class ImageStore {
    let top: URL

    /// Mode 0700, root's.
    var images: String { top.appending(component: "images").path }
    /// Mode 0700, nobody's: QEMU makes its monitor's socket here.
    var run: String { top.appending(component: "run").path }
    /// Where the tests put what programs say.
    let logs: URL

    init() throws {
        top = try TemporaryDirectory.make()
        logs = top.appending(component: "logs")
        try make("images")
        try make("images/snapshots")
        try make("logs")
        try make("run")
        try FileManager.default.setAttributes(
            [.ownerAccountID: Host.nobody.uid, .groupOwnerAccountID: Host.nobody.gid], ofItemAtPath: run)
    }

    deinit {
        do { try FileManager.default.removeItem(at: top) } catch { print("not removed: \(top.path): \(error)") }
    }

    private func make(_ name: String) throws {
        try FileManager.default.createDirectory(
            at: top.appending(component: name), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
    }

    /// The absolute name of an image.
    func image(_ name: String) -> String { "\(images)/\(name)" }

    // MARK: As root, without the broker

    /// A file of root's with mode 0600.
    func write(_ bytes: Data, to name: String) throws {
        let file = URL(filePath: image(name))
        try bytes.write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }

    /// `base.qcow2`, with the guest on it, and `overlay.qcow2`, which has the other as its backing file.
    func makeBootDisk() throws {
        try write(BootSector.disk(megabytes: 4), to: "base.raw")
        try tool("convert", "-f", "raw", "-O", "qcow2", image("base.raw"), image("base.qcow2"))
        try tool("create", "-q", "-f", "qcow2", "-b", image("base.qcow2"), "-F", "qcow2", image("overlay.qcow2"))
        for name in ["base.qcow2", "overlay.qcow2"] {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: image(name))
        }
    }

    func makeDirectory(_ name: String) throws { try make("images/\(name)") }

    @discardableResult
    func tool(_ words: String...) throws -> String {
        let run = try FinishedProgram("/usr/bin/qemu-img", words, in: logs)
        guard run.succeeded else { throw Impasse("qemu-img \(words): \(run)") }
        return run.output
    }

    /// What a guest would see on a disk: the image with all that it is based on.
    func contents(of name: String) throws -> Data {
        let copy = top.appending(component: "contents.raw")
        try tool("convert", "-U", "-O", "raw", image(name), copy.path)
        return try Data(contentsOf: copy)
    }

    func read(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: image(name))) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: image(name)) }

    /// Owner and permissions.
    func access(_ name: String) throws -> String {
        let attributes = try FileManager.default.attributesOfItem(atPath: image(name))
        let owner = attributes[.ownerAccountID] as? Int ?? -1
        return "\(owner) \(String(attributes[.posixPermissions] as? Int ?? 0, radix: 8))"
    }
}
