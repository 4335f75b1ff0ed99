import Foundation
import Testing

/// The server goes while a guest runs, and comes again.
@Suite(.enabled(if: Host.isRoot && Host.hasMachine, "\(Host.needsMachine)"))
struct RestartTests {
    @Test func `without the server nothing more is opened, the guest runs on, and another server takes over`() throws {
        let store = try ImageStore()
        try store.makeBootDisk()
        try store.write(Data(count: 1 << 20), to: "data.raw")
        let rules = BootTests.rules + ["allow rw data.raw"]
        let broker = try Broker(store, rules)
        let machine = try VirtualMachine(broker, VirtualMachine.disk(store.image("overlay.qcow2")))
        try machine.awaitGuest(BootSector.written)
        try broker.kill()
        let image = store.image("data.raw")
        let request: JSON = ["driver": "file", "node-name": "data", "filename": .string(image)]
        #expect(
            try machine.failure(of: "blockdev-add", request) == "Could not open '\(image)': Input/output error")
        #expect(try machine.execute("query-status")["status"] == "running")
        try machine.writeToDisk(0xC1, at: "1M")

        machine.broker = try Broker(store, rules)
        try machine.execute("blockdev-add", request)
        try machine.write("write -P 0xC2 0 64k", to: "data")
        let said = try machine.quit()
        #expect(said.hasPrefix("openhook: cannot connect to the broker: \(store.top.path)/"))
        #expect(said.hasSuffix(": Connection refused\n"))
        try machine.broker.expectCleanEnd(refused: [])
        #expect(try store.read("data.raw").prefix(65536).allSatisfy { $0 == 0xC2 })
    }
}
