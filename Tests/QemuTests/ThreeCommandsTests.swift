import Foundation
import HookLinux
import Testing

/// From a domain to a VM that runs under a policy, as README.md says it.
@Suite(.enabled(if: Host.isRoot && Host.hasMachine, "\(Host.needsMachine)"))
struct ThreeCommandsTests {
    private func xml(_ store: ImageStore) -> String {
        """
        <domain type='qemu'>
          <name>web01</name>
          <devices>
            <disk type='file' device='disk'>
              <driver name='qemu' type='qcow2'/>
              <source file='\(store.image("overlay.qcow2"))'/>
              <target dev='vda' bus='virtio'/>
            </disk>
            <serial type='file'>
              <source path='\(store.image("serial.log"))'/>
              <target port='0'/>
            </serial>
          </devices>
        </domain>
        """
    }

    @Test func `three commands lead from a domain to a VM that boots, and cannot open its disk itself`() throws {
        let store = try ImageStore()
        try store.makeBootDisk()
        let domain = store.top.appending(component: "web01.xml").path
        try Data(xml(store).utf8).write(to: URL(filePath: domain))
        let policy = store.top.appending(component: "web01.policy").path
        let openhook = try Host.program("openhook")

        let generate = try FinishedProgram(
            openhook,
            ["generate", "--libvirt", domain, "--within", store.images, "--user", "nobody", "-o", policy],
            in: store.logs)
        #expect(generate.succeeded, "\(generate)")
        let check = try FinishedProgram(openhook, ["check", "--strict", policy], in: store.logs)
        #expect(check.succeeded, "\(check)")

        let audit = store.top.appending(component: "audit.jsonl").path
        let machine = [
            "-machine", "pc", "-accel", "tcg", "-m", "16", "-nodefaults", "-display", "none", "-serial",
            "file:\(store.image("serial.log"))",
        ]
        let run = try StartedProgram(
            openhook,
            ["run", "--policy", policy, "--user", "nobody", "--audit", audit, "--", "/usr/bin/qemu-system-x86_64"]
                + machine
                + VirtualMachine.disk(store.image("overlay.qcow2")),
            environment: [
                "PATH=/usr/bin:/bin", "RUNTIME_DIRECTORY=\(store.top.appending(component: "runtime").path)",
                "TMPDIR=\(store.top.path)",
            ], in: store.logs)
        let said = try Patience.look { () -> Bool? in
            guard run.isRunning else { return false }
            guard store.exists("serial.log") else { return nil }
            return String(decoding: try store.read("serial.log"), as: UTF8.self).contains(BootSector.written)
                ? true : nil
        }
        #expect(said == true, "\(run.errors)")
        // A directory of root's, mode 0700: what QEMU has, it has from the broker.
        #expect(try store.access("overlay.qcow2") == "0 600")
        #expect(try BootSector.wasCopied(in: store.contents(of: "overlay.qcow2")))
        try run.send(.terminate)
        #expect(try run.end() == .exited(0), "\(run.errors)")
        let trail = try Trail(String(contentsOfFile: audit, encoding: .utf8))
        #expect(trail.refusals(in: store.images) == [])
        #expect(trail.opened(in: store.images) == ["overlay.qcow2", "base.qcow2", "serial.log"])
    }
}
