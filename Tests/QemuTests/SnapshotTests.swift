import Foundation
import Testing

/// Snapshots and commits of a running guest's disk, whose names no command line ever had.
@Suite(.enabled(if: Host.isRoot && Host.hasMachine, "\(Host.needsMachine)"))
struct SnapshotTests {
    static let rules = BootTests.rules + ["allow rw snapshots/*.qcow2 create mode 0600"]

    private func snapshot(_ machine: VirtualMachine, _ top: JSON, _ file: String, node: JSON) -> JSON {
        [
            "node-name": top, "snapshot-file": .string(machine.broker.store.image(file)), "format": "qcow2",
            "snapshot-node-name": node,
        ]
    }

    private func commit(_ job: String, of disk: JSON, _ top: JSON, into base: JSON) -> JSON {
        [
            "job-id": .string(job), "device": disk, "top-node": top, "base-node": base, "auto-dismiss": false,
        ]
    }

    @Test(arguments: [BootTests.Way.nodes, .sandboxedNodes])
    func `two snapshots are taken and committed again, the middle one and then the active one`(
        way: BootTests.Way
    ) throws {
        let store = try ImageStore()
        try store.makeBootDisk()
        let machine = try VirtualMachine(Broker(store, Self.rules), way.arguments(store.image("overlay.qcow2")))
        try machine.awaitGuest(BootSector.written)

        let first = snapshot(machine, "disk", "snapshots/first.qcow2", node: "first")
        try machine.execute("blockdev-snapshot-sync", first)
        try machine.writeToDisk(0xA1, at: "1M")
        let second = snapshot(machine, "first", "snapshots/second.qcow2", node: "second")
        try machine.execute("blockdev-snapshot-sync", second)
        try machine.writeToDisk(0xA2, at: "2M")
        for name in ["snapshots/first.qcow2", "snapshots/second.qcow2"] { #expect(try store.access(name) == "0 600") }
        #expect(try machine.backingChain() == ["second", "first", "overlay", "base"])

        try machine.execute("block-commit", commit("middle", of: "second", "first", into: "disk"))
        #expect(try machine.finishJob("middle") == nil)
        #expect(try machine.backingChain() == ["second", "overlay", "base"])
        try machine.execute("block-commit", commit("active", of: "second", "second", into: "disk"))
        #expect(try machine.finishJob("active", completing: true) == nil)
        #expect(try machine.backingChain() == ["overlay", "base"])
        try machine.writeToDisk(0xA3, at: "3M")

        // QEMU looks whether the name is there, twice, before it makes the file.
        try machine.finish(refused: ["ENOENT snapshots/first.qcow2", "ENOENT snapshots/second.qcow2"])
        let disk = try store.contents(of: "overlay.qcow2")
        #expect(BootSector.wasCopied(in: disk))
        for (byte, place) in [(UInt8(0xA1), 1), (0xA2, 2), (0xA3, 3)] {
            #expect(disk.dropFirst(place << 20).prefix(65536).allSatisfy { $0 == byte })
        }
        try store.tool("check", "-q", store.image("overlay.qcow2"))
    }

    @Test func `a snapshot of a name that the policy does not have is refused, and the guest runs on`() throws {
        let store = try ImageStore()
        try store.makeBootDisk()
        let broker = try Broker(store, Self.rules)
        let machine = try VirtualMachine(broker, VirtualMachine.disk(store.image("overlay.qcow2")))
        try machine.awaitGuest(BootSector.written)
        let files = try FileManager.default.subpathsOfDirectory(atPath: store.images).sorted()
        let failure = try machine.failure(
            of: "blockdev-snapshot-sync", snapshot(machine, "disk", "elsewhere.qcow2", node: "elsewhere"))
        #expect(failure == "Could not create '\(store.image("elsewhere.qcow2"))': Permission denied")
        let refusal = try broker.awaitRefusal(of: "elsewhere.qcow2")
        #expect(refusal["reason"]?.text == "no rule grants anything on \(store.image("elsewhere.qcow2"))")
        #expect(refusal["add"] == "allow rw elsewhere.qcow2 create")
        #expect(try FileManager.default.subpathsOfDirectory(atPath: store.images).sorted() == files)
        #expect(try machine.execute("query-status")["status"] == "running")
        #expect(try machine.backingChain() == ["overlay", "base"])
        try machine.writeToDisk(0xB1, at: "1M")
        try machine.finish(refused: ["EACCES elsewhere.qcow2"])
    }

    @Test func `a commit into a base that is granted read-only needs another line of the policy`() throws {
        let store = try ImageStore()
        try store.makeBootDisk()
        let broker = try Broker(store, Self.rules)
        let machine = try VirtualMachine(broker, VirtualMachine.disk(store.image("overlay.qcow2")))
        try machine.awaitGuest(BootSector.written)
        let base = try machine.node(of: "base.qcow2")
        let request = commit("down", of: "disk", "disk", into: base)
        #expect(try machine.failure(of: "block-commit", request).contains("Permission denied"))
        let refusal = try broker.awaitRefusal(of: "base.qcow2")
        let policy = "web01.policy"
        #expect(refusal["reason"]?.text?.hasSuffix("\(policy):7 grants ro, rw was asked") == true)
        #expect(refusal["add"] == "allow rw base.qcow2")
        try broker.add("allow rw base.qcow2", insteadOf: "allow ro base.qcow2")
        try machine.execute("block-commit", request)
        #expect(try machine.finishJob("down", completing: true) == nil)
        #expect(try machine.backingChain() == ["base"])
        try machine.finish(refused: ["EACCES base.qcow2"])
        #expect(try BootSector.wasCopied(in: store.contents(of: "base.qcow2")))
    }
}

extension VirtualMachine {
    /// Fills 64 KiB of the guest's disk, as the guest could.
    func writeToDisk(_ byte: UInt8, at place: String) throws {
        let device = "/machine/peripheral/vda/virtio-backend"
        try write("write -P \(byte) \(place) 64k", to: "-d \(device)")
    }

    /// What the guest's disk is made of, from the top: names of files without directory and `.qcow2`.
    func backingChain() throws -> [String] {
        let disk = try execute("query-block").elements.first { $0["qdev"]?.text?.contains("vda") == true }
        var names: [String] = []
        var image = disk?["inserted"]?["image"]
        while let found = image {
            names.append(URL(filePath: found["filename"]?.text ?? "?").deletingPathExtension().lastPathComponent)
            image = found["backing-image"]
        }
        return names
    }

    /// The node of an image that QEMU found by itself.
    func node(of name: String) throws -> JSON {
        let file = JSON.string(broker.store.image(name))
        let nodes = try execute("query-named-block-nodes", ["flat": true]).elements
        guard let node = nodes.first(where: { $0["file"] == file && $0["drv"] == "qcow2" })?["node-name"] else {
            throw Impasse("no node of \(name)")
        }
        return node
    }
}
