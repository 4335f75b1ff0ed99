import Foundation
import HookLinux
import Testing

/// A guest on images that QEMU itself cannot come to.
@Suite(.enabled(if: Host.isRoot && Host.hasMachine, "\(Host.needsMachine)"))
struct BootTests {
    static let rules = ["allow rw overlay.qcow2", "allow ro base.qcow2", VirtualMachine.serialRule]

    /// How the disk is given to QEMU, and whether QEMU confines itself.
    enum Way: String, CaseIterable, CustomTestStringConvertible {
        case nodes = "-blockdev"
        case drive = "-drive"
        case sandboxedNodes = "-blockdev, -sandbox on"

        var testDescription: String { rawValue }

        func arguments(_ image: String) -> [String] {
            switch self {
            case .nodes: VirtualMachine.disk(image)
            case .drive: VirtualMachine.plainDisk(image)
            case .sandboxedNodes:
                VirtualMachine.disk(image) + [
                    "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
                ]
            }
        }
    }

    @Test func `without the library the same QEMU is refused the image`() throws {
        let store = try ImageStore()
        try store.makeBootDisk()
        let image = store.image("overlay.qcow2")
        let arguments = ["-accel", "tcg", "-nodefaults", "-display", "none"] + VirtualMachine.disk(image)
        let run = try FinishedProgram(
            "/usr/bin/qemu-system-x86_64", arguments, user: Host.nobody, in: store.logs)
        #expect(run.ending == .exited(1))
        #expect(run.errors.contains("Could not open '\(image)': Permission denied"))
    }

    @Test(arguments: Way.allCases, ["off", "if-enabled"])
    func `a guest boots from an image with a backing file, and writes to it`(way: Way, selinux: String) throws {
        try boot(way) { try Broker($0, selinux: selinux, Self.rules) }
    }

    @Test(arguments: Connection.byHand)
    func `a guest boots whatever connects QEMU to the server`(connection: Connection) throws {
        try boot(.nodes) { try Broker($0, over: connection, Self.rules) }
    }

    private func boot(_ way: Way, serve: (ImageStore) throws -> Broker) throws {
        let store = try ImageStore()
        try store.makeBootDisk()
        let base = try store.read("base.qcow2")
        let machine = try VirtualMachine(serve(store), way.arguments(store.image("overlay.qcow2")))
        try machine.awaitGuest(BootSector.written)
        #expect(try machine.serialOutput() == BootSector.booted + BootSector.written)
        let trail = try machine.finish()
        #expect(trail.opened(in: store.images) == ["base.qcow2", "overlay.qcow2", VirtualMachine.serialLog])
        #expect(try BootSector.wasCopied(in: store.contents(of: "overlay.qcow2")))
        #expect(try store.read("base.qcow2") == base)
        try store.tool("check", "-q", store.image("overlay.qcow2"))
        #expect(try store.access("overlay.qcow2") == "0 600")
        #expect(try store.access(VirtualMachine.serialLog) == "0 600")
    }
}
