import Foundation
import Testing

/// Files that hold the guest's state, or what it says, and that QEMU makes while it runs.
@Suite(.enabled(if: Host.isRoot && Host.hasMachine, "\(Host.needsMachine)"))
struct StateTests {
    private let store: ImageStore

    init() throws {
        store = try ImageStore()
        try store.makeBootDisk()
    }

    private func boot(_ rule: String, _ more: [String] = []) throws -> VirtualMachine {
        let broker = try Broker(store, BootTests.rules + [rule])
        let machine = try VirtualMachine(broker, VirtualMachine.disk(store.image("overlay.qcow2")) + more)
        try machine.awaitGuest(BootSector.written)
        return machine
    }

    @Test func `a log that replaces an earlier one`() throws {
        try store.write(Data("old".utf8), to: "console.log")
        let machine = try boot("allow wo console.log create")
        let backend: JSON = ["type": "file", "data": ["out": .string(store.image("console.log"))]]
        try machine.execute("chardev-add", ["id": "log", "backend": backend])
        try machine.execute("chardev-remove", ["id": "log"])
        try machine.finish()
        #expect(try store.read("console.log").isEmpty)
    }

    @Test func `the guest's memory is written to a file`() throws {
        let machine = try boot("allow wo memory.dump create mode 0640")
        let file = JSON.string("file:\(store.image("memory.dump"))")
        try machine.execute("dump-guest-memory", ["paging": false, "protocol": file])
        try machine.finish()
        #expect(try store.access("memory.dump") == "0 640")
        #expect(try store.read("memory.dump").range(of: Data(BootSector.bytes)) != nil)
    }

    @Test func `the guest's state is saved in its image, and loaded from there`() throws {
        let machine = try boot("allow ro unused")
        #expect(try machine.human("savevm checkpoint") == "")
        try machine.writeToDisk(0xE1, at: "1M")
        #expect(try machine.human("loadvm checkpoint") == "")
        #expect(try machine.human("info snapshots").contains("checkpoint"))
        try machine.finish()
        #expect(try store.contents(of: "overlay.qcow2").dropFirst(1 << 20).prefix(65536).allSatisfy { $0 == 0 })
    }

    @Test func `the guest's memory is a file`() throws {
        let memory = "memory-backend-file,id=ram,size=16M,share=on,mem-path=\(store.image("memory"))"
        let machine = try boot(
            "allow rw memory create", ["-object", memory, "-machine", "memory-backend=ram"])
        // QEMU opens the file, and makes it, and nothing else, when it is not there.
        try machine.finish(refused: ["ENOENT memory"])
        let sector = try store.read("memory").dropFirst(0x7C00).prefix(BootSector.size)
        #expect(sector.elementsEqual(BootSector.bytes))
    }
}
