import Foundation
import HookAuthoring
import HookLinux
import HookPolicy
import Testing

/// A policy that `openhook generate` makes of a real command line and a real chain of images is what that VM needs, and
/// nothing more.
@Suite(.enabled(if: Host.isRoot && Host.hasMachine, "\(Host.needsMachine)"))
struct GeneratedPolicyTests {
    /// A VM that uses one file of each sort that the preload library sees.
    private struct Site {
        let store: ImageStore
        /// With the program's name.
        let words: [String]

        init() throws {
            store = try ImageStore()
            try store.makeBootDisk()
            // base.qcow2 <- overlay.qcow2 <- top.qcow2, and names that are relative to the image.
            try store.tool(
                "create", "-q", "-f", "qcow2", "-b", "overlay.qcow2", "-F", "qcow2", store.image("top.qcow2"))
            try store.write(Data(count: 1 << 20), to: "tools, drivers.iso")
            try store.write(Data("settings".utf8), to: "settings.ign")
            words = ["qemu-system-x86_64"] + VirtualMachine.arguments(store, Self.devices(store))
        }

        static func devices(_ store: ImageStore) -> [String] {
            VirtualMachine.disk(store.image("top.qcow2")) + [
                "-name", "guest=web01,debug-threads=on",
                "-drive", "file=\(store.image("tools,, drivers.iso")),format=raw,if=none,id=tools,media=cdrom",
                "-device", "ide-cd,drive=tools",
                "-fw_cfg", "name=opt/org.example/settings,file=\(store.image("settings.ign"))",
                "-qmp", "unix:\(store.run)/second,server=on,wait=off",
            ]
        }

        var second: [UInt8] { Array("\(store.run)/second".utf8) }

        func generate(_ source: InventorySource? = nil) throws -> GeneratedPolicy {
            let line = words.flatMap { word -> [UInt8] in Array(word.utf8) + [0] }
            var options = GenerateOptions()
            options.user = Array("nobody".utf8)
            options.within = [try #require(AbsolutePath(store.images))]
            options.snapshots = [try #require(SnapshotRule(option: Array("\(store.images)/snapshots".utf8)))]
            let inventory = try (source ?? .commandLine(line)).read(directory: nil, host: LiveHost())
            return try PolicyGenerator(inventory, options, host: LiveHost()).generate()
        }

        func snapshot() -> JSON {
            [
                "node-name": "disk", "snapshot-file": .string(store.image("snapshots/web01.first")), "format": "qcow2",
                "snapshot-node-name": "first",
            ]
        }
    }

    private func lines(_ policy: GeneratedPolicy) -> [String] {
        String(decoding: policy.text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    private func start(
        _ site: Site, over connection: Connection = .packets, _ lines: [String]
    ) throws -> VirtualMachine {
        let broker = try Broker(site.store, over: connection, policy: lines)
        return try VirtualMachine(broker, Site.devices(site.store))
    }

    @Test(arguments: [Connection.packets, .preload, .notify])
    func `under it alone the VM boots, takes a snapshot and commits it, and nothing is refused`(
        connection: Connection
    ) throws {
        let site = try Site()
        let made = try site.generate()
        #expect(made.refusals == [])
        let machine = try start(site, over: connection, lines(made))
        try machine.awaitGuest(BootSector.written)
        try machine.execute("blockdev-snapshot-sync", site.snapshot())
        try machine.writeToDisk(0xA1, at: "1M")
        #expect(try machine.backingChain() == ["web01", "top", "overlay", "base"])
        let commit: JSON = [
            "job-id": "down", "device": "first", "top-node": "first", "base-node": "disk", "auto-dismiss": false,
        ]
        try machine.execute("block-commit", commit)
        #expect(try machine.finishJob("down", completing: true) == nil)
        #expect(try machine.backingChain() == ["top", "overlay", "base"])
        // QEMU looks whether the name is there before it makes the file.
        let trail = try machine.finish(refused: ["ENOENT snapshots/web01.first"])
        #expect(
            trail.opened(in: site.store.images) == [
                "top.qcow2", "overlay.qcow2", "base.qcow2", "tools, drivers.iso", "settings.ign",
                VirtualMachine.serialLog, "snapshots/web01.first",
            ])
    }

    static let names = [
        "top.qcow2", "overlay.qcow2", "base.qcow2", "tools, drivers.iso", "settings.ign", VirtualMachine.serialLog,
    ]

    @Test(arguments: names, [Connection.packets, .notify])
    func `without any one of its rules the VM is refused that file`(name: String, connection: Connection) throws {
        let site = try Site()
        let made = try site.generate()
        let rule = try #require(
            made.policy.rules.first { $0.exactName?.bytes == Array(site.store.image(name).utf8) })
        var rest = lines(made)
        rest.remove(at: rule.span.line - 1)
        let broker = try Broker(site.store, over: connection, policy: rest)
        let program = try broker.start("/usr/bin/qemu-system-x86_64", Array(site.words.dropFirst()))
        let refusal = try broker.awaitRefusal(of: name)
        #expect(refusal["errno"] == "EACCES")
        #expect(refusal["reason"]?.text == "no rule grants anything on \(site.store.image(name))")
        #expect(try program.end() == .exited(1))
    }

    @Test func `without the rule for snapshots none is taken`() throws {
        let site = try Site()
        let made = try site.generate()
        let rule = try #require(made.policy.rules.first { $0.exactName == nil })
        var rest = lines(made)
        rest.remove(at: rule.span.line - 1)
        let machine = try start(site, rest)
        #expect(
            try machine.failure(of: "blockdev-snapshot-sync", site.snapshot())
                == "Could not create '\(site.store.image("snapshots/web01.first"))': Permission denied")
        try machine.finish(refused: ["EACCES snapshots/web01.first"])
    }

    @Test func `these are all of its rules`() throws {
        let made = try Site().generate()
        #expect(made.policy.rules.count == 7)
        #expect(made.policy.rules.count { $0.exactName == nil } == 1)
    }

    // MARK: The running VM

    @Test func `a running VM tells the same, by its process and by its monitor`() throws {
        let site = try Site()
        let made = try site.generate()
        let machine = try start(site, lines(made))
        try machine.awaitGuest(BootSector.written)
        let host = LiveHost()
        func summary(_ policy: Policy) -> [String] {
            policy.rules.map { "\($0.access.word) \(String(decoding: $0.exactName?.bytes ?? [], as: UTF8.self))" }
                .sorted()
        }
        let byProcess = try site.generate(.process(machine.program.pid))
        #expect(summary(byProcess.policy) == summary(made.policy))
        #expect(byProcess.policy.peers.users.map(\.user) == [Array("nobody".utf8)])

        // A monitor knows images alone.
        let byMonitor = try site.generate(.monitor(site.second))
        let images = ["ro base.qcow2", "ro overlay.qcow2", "ro tools, drivers.iso", "rw top.qcow2"].map {
            $0.replacing(" ", with: " \(site.store.images)/", maxReplacements: 1)
        }
        #expect(summary(byMonitor.policy) == (images + ["rw "]).sorted())

        // And so nothing has come apart.
        let inventory = try InventorySource.process(machine.program.pid).read(directory: nil, host: host)
        let open = try ProcessReader.openFiles(of: machine.program.pid)
        let report = DriftReport(made.policy, inventory, openFiles: open, scope: .everything, host: host)
        #expect(report.isEmpty, "\(report.needs)\(report.surplus)")
        let monitor = try InventorySource.monitor(site.second).read(directory: nil, host: host)
        let images2 = DriftReport(made.policy, monitor, scope: .images, host: host)
        #expect(images2.isEmpty, "\(images2.needs)\(images2.surplus)")
        try machine.finish()
    }

    @Test func `what was plugged in since is drift`() throws {
        let site = try Site()
        let made = try site.generate()
        var wider = lines(made)
        wider.append("allow rw \(site.store.image("plugged.img"))")
        try site.store.write(Data(count: 1 << 20), to: "plugged.img")
        let machine = try start(site, wider)
        try machine.awaitGuest(BootSector.written)
        let host = LiveHost()
        func drift() throws -> (monitor: DriftReport, process: DriftReport) {
            let monitor = try InventorySource.monitor(site.second).read(directory: nil, host: host)
            let process = try InventorySource.process(machine.program.pid).read(directory: nil, host: host)
            let open = try ProcessReader.openFiles(of: machine.program.pid)
            return (
                DriftReport(made.policy, monitor, scope: .images, host: host),
                DriftReport(made.policy, process, openFiles: open, scope: .everything, host: host)
            )
        }
        let before = try drift()
        #expect(before.monitor.isEmpty && before.process.isEmpty)
        let node: JSON = [
            "driver": "file", "node-name": "plugged", "filename": .string(site.store.image("plugged.img")),
        ]
        try machine.execute("blockdev-add", node)
        let after = try drift()
        let name = Array(site.store.image("plugged.img").utf8)
        for report in [after.monitor, after.process] {
            #expect(report.needs.map(\.name) == [name])
            #expect(report.needs.first?.access == .readWrite)
            #expect(report.needs.first?.reason == "no rule grants anything on \(site.store.image("plugged.img"))")
            #expect(report.surplus.isEmpty)
        }
        #expect(after.monitor.needs.first?.role == "block node plugged")
        try machine.finish()
    }
}
