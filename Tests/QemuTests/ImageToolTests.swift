import Foundation
import HookLinux
import Testing

/// Debian's qemu-img, as nobody, on images that it cannot come to.
@Suite(.enabled(if: Host.isRoot && Host.hasImageTool, "needs root, and Debian's qemu-utils"))
struct ImageToolTests {
    private let store: ImageStore
    private let broker: Broker

    init() throws {
        store = try ImageStore()
        try store.makeBootDisk()
        broker = try Broker(
            store, ["allow ro base.qcow2", "allow rw overlay.qcow2", "allow rw work/*.qcow2 create limit 4"])
        try store.makeDirectory("work")
    }

    /// Runs it to a good end.
    ///
    /// - Returns: what it printed.
    @discardableResult
    private func run(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let run = try broker.start("/usr/bin/qemu-img", words)
        #expect(try run.end() == .exited(0), "\(words): \(run.errors)", sourceLocation: sourceLocation)
        #expect(run.errors == "", sourceLocation: sourceLocation)
        return run.output
    }

    @Test func `a chain of images is described`() throws {
        let chain = try JSON(
            parsing: run("info", "--backing-chain", "--output", "json", store.image("overlay.qcow2")).utf8)
        #expect(chain.elements.map { $0["filename"]?.text } == ["overlay.qcow2", "base.qcow2"].map(store.image))
        try broker.expectCleanEnd(refused: [])
    }

    @Test func `images are made, written, checked, committed and given another base`() throws {
        let (base, overlay) = (store.image("base.qcow2"), store.image("overlay.qcow2"))
        let (top, copy) = (store.image("work/top.qcow2"), store.image("work/copy.qcow2"))
        try run("create", "-q", "-f", "qcow2", "-b", overlay, "-F", "qcow2", top)
        #expect(try store.access("work/top.qcow2") == "0 600")
        try run("convert", "-O", "qcow2", top, copy)
        try run("check", "-q", copy)
        #expect(try store.contents(of: "work/copy.qcow2") == BootSector.disk(megabytes: 4))
        try run("commit", "-q", top)
        try run("rebase", "-q", "-b", base, "-F", "qcow2", top)
        #expect(try store.tool("info", top).contains("backing file: \(base)"))
        #expect(try store.contents(of: "work/top.qcow2") == BootSector.disk(megabytes: 4))
        // QEMU looks whether the name is there before it makes the file.
        try broker.expectCleanEnd(refused: ["ENOENT work/top.qcow2", "ENOENT work/copy.qcow2"])
    }

    @Test func `a commit into a base that is granted read-only is refused`() throws {
        let failed = try broker.start("/usr/bin/qemu-img", ["commit", store.image("overlay.qcow2")])
        #expect(try failed.end() == .exited(1))
        #expect(failed.errors.contains("Permission denied"))
        try broker.expectCleanEnd(refused: ["EACCES base.qcow2"])
    }
}
