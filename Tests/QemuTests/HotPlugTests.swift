import Foundation
import Testing

/// Disks that come while the guest runs.
@Suite(.enabled(if: Host.isRoot && Host.hasMachine, "\(Host.needsMachine)"))
struct HotPlugTests {
    private let store: ImageStore
    private let broker: Broker

    init() throws {
        store = try ImageStore()
        try store.makeBootDisk()
        broker = try Broker(store, BootTests.rules + ["allow rw disks/*.raw create limit 8"])
    }

    private func boot(_ more: [String] = []) throws -> VirtualMachine {
        let machine = try VirtualMachine(broker, VirtualMachine.disk(store.image("overlay.qcow2")) + more)
        try machine.awaitGuest(BootSector.written)
        return machine
    }

    private func file(_ name: String, node: JSON) -> JSON {
        ["driver": "file", "node-name": node, "filename": .string(store.image(name))]
    }

    @Test func `a disk that no rule names is refused, and the line of the record lets it in after a reload`() throws {
        try store.write(Data(count: 1 << 20), to: "data.raw")
        let machine = try boot()
        let request = file("data.raw", node: "data")
        let failure = try machine.failure(of: "blockdev-add", request)
        #expect(failure == "Could not open '\(store.image("data.raw"))': Permission denied")

        let refusal = try broker.awaitRefusal(of: "data.raw")
        #expect(refusal["reason"]?.text == "no rule grants anything on \(store.image("data.raw"))")
        #expect(refusal["stage"] == "policy")
        #expect(refusal["errno"] == "EACCES")
        #expect(refusal["peer_uid"] == 65534)
        let line = try #require(refusal["add"]?.text)
        #expect(line == "allow rw data.raw")

        try broker.add(line)
        try machine.execute("blockdev-add", request)
        try machine.execute("device_add", ["driver": "virtio-blk-pci", "drive": "data", "id": "vdb"])
        try machine.write("write -P 0xD1 0 64k", to: "-d /machine/peripheral/vdb/virtio-backend")
        try machine.finish(refused: ["EACCES data.raw"])
        #expect(try store.read("data.raw").prefix(65536).allSatisfy { $0 == 0xD1 })
    }

    @Test func `a medium is put in, changed and taken out`() throws {
        for name in ["one", "two"] { try store.write(Data(repeating: 0xCD, count: 65536), to: "\(name).iso") }
        try broker.add("allow ro *.iso")
        let machine = try boot(["-device", "ide-cd,id=cd0"])
        for name in ["one.iso", "two.iso"] {
            let request: JSON = ["id": "cd0", "filename": .string(store.image(name)), "format": "raw"]
            try machine.execute("blockdev-change-medium", request)
            #expect(try machine.medium() == store.image(name))
        }
        let failure = try machine.failure(
            of: "blockdev-change-medium",
            ["id": "cd0", "filename": .string(store.image("three.img")), "format": "raw"])
        #expect(failure == "Could not open '\(store.image("three.img"))': Permission denied")
        try machine.execute("eject", ["id": "cd0", "force": true])
        #expect(try machine.medium() == nil)
        try machine.finish(refused: ["EACCES three.img"])
    }
}
