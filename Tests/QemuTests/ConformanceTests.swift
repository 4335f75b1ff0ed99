import Foundation
import Testing

/// The same exercise over every way to the broker, each with QEMU as a user of its own: what works over one of them works
/// over all of them.
@Suite(.enabled(if: Host.isRoot && Host.hasMachine, "\(Host.needsMachine)"))
struct ConformanceTests {
    // MARK: Disks

    @Test(arguments: Connection.launched, Conformance.Sandbox.allCases)
    func `disks come while the guest runs, by name, and made by QEMU`(
        connection: Connection, sandbox: Conformance.Sandbox
    ) throws {
        let scene = try Conformance(
            connection, sandbox, rules: ["allow rw disks/*.raw create limit 8"], others: ["io_uring allow"])
        try scene.store.makeDirectory("disks")
        for name in ["buffered", "native", "uring"] {
            try scene.store.write(Data(count: 1 << 20), to: "disks/\(name).raw")
        }
        try scene.store.write(Data(count: 1 << 20), to: "later.raw")
        let machine = try scene.boot()
        try addDisks(scene, machine)
        try makeDisk(scene, machine)
        try copyDisk(scene, machine)
        try refuseAndReload(scene, machine)
        // QEMU looks whether the name is there before it makes the file.
        try machine.finish(refused: ["ENOENT disks/copy.raw", "EACCES later.raw"])
        for (name, byte) in [("disks/buffered", UInt8(1)), ("disks/native", 2), ("disks/uring", 3), ("later", 4)] {
            #expect(try scene.begins("\(name).raw", with: byte), "\(name)")
        }
        #expect(try scene.store.access("disks/made.raw") == "0 600")
        #expect(try BootSector.wasCopied(in: scene.store.read("disks/copy.raw")))
    }

    private func addDisks(_ scene: Conformance, _ machine: VirtualMachine) throws {
        try machine.execute("blockdev-add", scene.file("disks/buffered.raw", node: "buffered"))
        for (name, aio) in [("native", "native"), ("uring", "io_uring")] {
            var request = scene.file("disks/\(name).raw", node: .string(name))
            request["aio"] = .string(aio)
            request["cache"] = ["direct": true]
            try machine.execute("blockdev-add", request)
        }
        for (name, byte) in [("buffered", 1), ("native", 2), ("uring", 3)] {
            try machine.write("write -P \(byte) 0 64k", to: name)
        }
        let opened = try scene.broker.trail().of("opened").last { $0["name"] == scene.string("disks/native.raw") }
        #expect(opened?["flags"]?.text?.contains("O_DIRECT") == true)
    }

    private func makeDisk(_ scene: Conformance, _ machine: VirtualMachine) throws {
        let file: JSON = ["driver": "file", "filename": scene.string("disks/made.raw"), "size": 1_048_576]
        try machine.execute("blockdev-create", ["job-id": "make", "options": file])
        #expect(try machine.finishJob("make") == nil)
        try machine.execute("blockdev-add", scene.file("disks/made.raw", node: "made"))
        let image: JSON = ["driver": "qcow2", "file": "made", "size": 8_388_608]
        try machine.execute("blockdev-create", ["job-id": "format", "options": image])
        #expect(try machine.finishJob("format") == nil)
        try machine.execute("blockdev-del", ["node-name": "made"])
    }

    private func copyDisk(_ scene: Conformance, _ machine: VirtualMachine) throws {
        try machine.execute(
            "drive-mirror",
            [
                "job-id": "copy", "device": "disk", "target": scene.string("disks/copy.raw"), "format": "raw",
                "sync": "full", "auto-dismiss": false,
            ])
        #expect(try machine.finishJob("copy", completing: true) == nil)
    }

    /// A name outside is refused in QEMU's own words, and the line of the record lets it in.
    private func refuseAndReload(_ scene: Conformance, _ machine: VirtualMachine) throws {
        let image = scene.store.image("later.raw")
        let request = scene.file("later.raw", node: "later")
        #expect(
            try machine.failure(of: "blockdev-add", request) == "Could not open '\(image)': Permission denied")
        let refusal = try scene.broker.awaitRefusal(of: "later.raw")
        #expect(refusal["reason"]?.text == "no rule grants anything on \(image)")
        #expect(refusal["peer_uid"] == 65534)
        try scene.broker.add(try #require(refusal["add"]?.text))
        try machine.execute("blockdev-add", request)
        try machine.execute("device_add", ["driver": "virtio-blk-pci", "drive": "later", "id": "vdb"])
        try machine.write("write -P 4 0 64k", to: "-d /machine/peripheral/vdb/virtio-backend")
    }

    // MARK: Snapshots

    @Test(arguments: Connection.launched, Conformance.Sandbox.allCases)
    func `two snapshots are taken and committed again, the middle one and then the active one`(
        connection: Connection, sandbox: Conformance.Sandbox
    ) throws {
        let scene = try Conformance(connection, sandbox, rules: ["allow rw snapshots/*.qcow2 create mode 0600"])
        let machine = try scene.boot()
        for (top, name) in [("disk", "first"), ("first", "second")] {
            try machine.execute(
                "blockdev-snapshot-sync",
                [
                    "node-name": .string(top), "snapshot-file": scene.string("snapshots/\(name).qcow2"),
                    "format": "qcow2", "snapshot-node-name": .string(name),
                ])
            try machine.writeToDisk(name == "first" ? 0xA1 : 0xA2, at: name == "first" ? "1M" : "2M")
            #expect(try scene.store.access("snapshots/\(name).qcow2") == "0 600")
        }
        #expect(try machine.backingChain() == ["second", "first", "overlay", "middle", "base"])
        for (job, top) in [("middle", "first"), ("active", "second")] {
            try machine.execute(
                "block-commit",
                [
                    "job-id": .string(job), "device": "second", "top-node": .string(top), "base-node": "disk",
                    "auto-dismiss": false,
                ])
            #expect(try machine.finishJob(job, completing: job == "active") == nil)
        }
        #expect(try machine.backingChain() == ["overlay", "middle", "base"])
        try machine.writeToDisk(0xA3, at: "3M")
        try machine.finish(refused: ["ENOENT snapshots/first.qcow2", "ENOENT snapshots/second.qcow2"])
        let disk = try scene.store.contents(of: "overlay.qcow2")
        #expect(BootSector.wasCopied(in: disk))
        for (byte, place) in [(UInt8(0xA1), 1), (0xA2, 2), (0xA3, 3)] {
            #expect(disk.dropFirst(place << 20).prefix(65536).allSatisfy { $0 == byte })
        }
    }

    // MARK: State

    @Test(arguments: Connection.launched, Conformance.Sandbox.allCases)
    func `media, logs, dumps and saved states`(connection: Connection, sandbox: Conformance.Sandbox) throws {
        let scene = try Conformance(
            connection, sandbox,
            rules: ["allow ro *.iso", "allow wo console.log create", "allow wo memory.dump create mode 0640"])
        for name in ["one", "two"] { try scene.store.write(Data(repeating: 0xCD, count: 65536), to: "\(name).iso") }
        let machine = try scene.boot(["-device", "ide-cd,id=cd0"])
        for name in ["one.iso", "two.iso"] {
            try machine.execute(
                "blockdev-change-medium", ["id": "cd0", "filename": scene.string(name), "format": "raw"])
            #expect(try machine.medium() == scene.store.image(name))
        }
        try machine.execute("eject", ["id": "cd0", "force": true])
        #expect(try machine.medium() == nil)

        let backend: JSON = ["type": "file", "data": ["out": scene.string("console.log")]]
        try machine.execute("chardev-add", ["id": "log", "backend": backend])
        try machine.execute("chardev-remove", ["id": "log"])
        let file = JSON.string("file:\(scene.store.image("memory.dump"))")
        try machine.execute("dump-guest-memory", ["paging": false, "protocol": file])

        #expect(try machine.human("savevm checkpoint") == "")
        try machine.writeToDisk(0xE1, at: "1M")
        #expect(try machine.human("loadvm checkpoint") == "")
        #expect(try machine.human("info snapshots").contains("checkpoint"))
        // By its own word (spawn=deny) a QEMU in its sandbox starts no program.
        if sandbox == .off { try migrate(machine) }
        try machine.finish()
        #expect(scene.store.exists("console.log"))
        #expect(try scene.store.access("memory.dump") == "0 640")
        #expect(try scene.store.read("memory.dump").range(of: Data(BootSector.bytes)) != nil)
    }

    /// Into a program that opens nothing that the policy manages.
    private func migrate(_ machine: VirtualMachine) throws {
        try machine.execute("migrate", ["uri": "exec:cat > /dev/null"])
        let status = try Patience.look { () -> JSON? in
            let status = try machine.execute("query-migrate")["status"]
            return status == "completed" || status == "failed" ? status : nil
        }
        #expect(status == "completed")
    }

    @Test(arguments: Connection.launched, Conformance.Sandbox.allCases)
    func `the guest's memory is a file`(connection: Connection, sandbox: Conformance.Sandbox) throws {
        let scene = try Conformance(connection, sandbox, rules: ["allow rw memory create"])
        let memory = "memory-backend-file,id=ram,size=16M,share=on,mem-path=\(scene.store.image("memory"))"
        let machine = try scene.boot(["-object", memory, "-machine", "memory-backend=ram"])
        // QEMU opens the file, and makes it, and nothing else, when it is not there.
        try machine.finish(refused: ["ENOENT memory"])
        let sector = try scene.store.read("memory").dropFirst(0x7C00).prefix(BootSector.size)
        #expect(sector.elementsEqual(BootSector.bytes))
    }
}

extension VirtualMachine {
    /// The file in the CD drive.
    func medium() throws -> String? {
        let drive = try execute("query-block").elements.first { $0["qdev"] == "cd0" }
        return drive?["inserted"]?["file"]?.text
    }
}
