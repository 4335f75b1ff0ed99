import Foundation
import HookLinux
import Testing

/// QEMU's own image locks: they are of the open file, so each answer must be a fresh open.
@Suite(.enabled(if: Host.isRoot && Host.hasMachine && Host.isInstalled("qemu-io"), "\(Host.needsMachine)"))
struct LockTests {
    enum Second: String, CaseIterable, CustomTestStringConvertible {
        case machine = "qemu-system-x86_64"
        case tool = "qemu-io"

        var testDescription: String { rawValue }

        func arguments(_ image: String) -> [String] {
            switch self {
            case .machine: ["-accel", "tcg", "-nodefaults", "-display", "none", "-S"] + VirtualMachine.disk(image)
            case .tool: ["-f", "qcow2", "-c", "write 0 64k", image]
            }
        }
    }

    @Test(arguments: Second.allCases)
    func `an image that a guest writes to is not opened for writing by a second program`(second: Second) throws {
        let store = try ImageStore()
        try store.makeBootDisk()
        let broker = try Broker(store, BootTests.rules)
        let machine = try VirtualMachine(broker, VirtualMachine.disk(store.image("overlay.qcow2")))
        try machine.awaitGuest(BootSector.written)
        let other = try broker.start(
            "/usr/bin/\(second.rawValue)", second.arguments(store.image("overlay.qcow2")))
        #expect(try other.end() == .exited(1))
        #expect((other.output + other.errors).contains("Failed to get \"write\" lock"))
        try machine.writeToDisk(0xF1, at: "1M")
        try machine.finish()
    }
}
