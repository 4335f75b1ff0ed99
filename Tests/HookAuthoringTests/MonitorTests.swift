import HookAuthoring
import HookLinux
import HookPolicy
import Testing
import TestSupport

/// A monitor that says what a test has it say.
struct MonitorTests {
    /// Listens, takes one connection, and says its lines without looking at what is asked.
    private func read(_ lines: [String], closes: Bool = true) throws -> Result<Inventory, InventorySource.Failure> {
        let scratch = try ScratchDirectory()
        let listener = try UnixSocket(.stream)
        try listener.bind(to: SystemPath(text: scratch.path("qmp")))
        try listener.listen()
        let bytes = Array(lines.joined(separator: "\n").utf8) + [0x0A]
        let monitor = ScriptedMonitor(listener, bytes, closes: closes)
        try monitor.start()
        do throws(InventorySource.Failure) {
            let inventory = try InventorySource.monitor(scratch.bytes("qmp")).read(directory: nil, host: AbsentHost())
            return .success(inventory)
        } catch {
            return .failure(error)
        }
    }

    static let greeting = #"{"QMP": {"version": {}, "capabilities": []}}"#

    private func image(_ name: String, _ rest: String = "") -> String { #"{"filename": "\#(name)"\#(rest)}"# }

    /// What QEMU has open because a header names it is no other than what the header names.
    @Test func `nothing of a header is granted to be written`() throws {
        let json =
            #"json:{\"driver\":\"qcow2\",\"read-only\":false,\"file\":{\"driver\":\"file\","#
            + #"\"filename\":\"/srv/web02.qcow2\"}}"#
        let drive =
            #"{"device": "vda", "removable": false, "inserted": {"ro": false, "image": "#
            + image("/srv/top.qcow2", #", "backing-image": {"filename": "\#(json)"}"#) + "}}"
        let nodes =
            ##"[{"drv": "file", "file": "/srv/web03.raw", "ro": false, "node-name": "#block7"}, "##
            + #"{"drv": "file", "file": "/srv/copy.raw", "ro": false, "node-name": "copy"}]"#
        let inventory = try read([
            Self.greeting, #"{"return": {}}"#, #"{"return": {"name": "web01"}}"#, #"{"return": {}}"#,
            #"{"return": [\#(drive)]}"#, #"{"return": \#(nodes)}"#, #"{"return": ""}"#, #"{"return": ""}"#,
            #"{"return": ""}"#,
        ]).get()
        var options = GenerateOptions()
        options.within = [try #require(AbsolutePath("/srv"))]
        let made = try PolicyGenerator(inventory, options, host: AbsentHost()).generate()
        #expect(made.policy.summary == ["rw /srv/top.qcow2", "ro /srv/web02.qcow2", "rw /srv/copy.raw"])
        #expect(
            made.refusals.map(\.text) == [
                "block node #block7: QEMU has /srv/web03.raw open, and no option names it. Whoever made the image chose "
                    + "that name: if the file is this VM's, add `allow rw /srv/web03.raw`"
            ])
        options.dataFiles = [try #require(AbsolutePath("/srv/web03.raw"))]
        let asked = try PolicyGenerator(inventory, options, host: AbsentHost()).generate()
        #expect(asked.refusals == [])
        #expect(asked.policy.summary.contains("rw /srv/web03.raw"))
    }

    @Test func `drives, their chains and other nodes are read`() throws {
        let base = #", "backing-image": {"filename": "/srv/base.qcow2"}"#
        let drive =
            #"{"device": "", "qdev": "/machine/peripheral/vda/virtio-backend", "removable": false, "#
            + #""inserted": {"ro": false, "image": \#(image("/srv/top.qcow2", base))}}"#
        let nodes =
            #"[{"drv": "file", "file": "/srv/top.qcow2", "ro": false, "node-name": "a"}, "#
            + #"{"drv": "qcow2", "file": "/srv/top.qcow2", "ro": false, "node-name": "b"}, "#
            + #"{"drv": "host_device", "file": "/dev/vg0/copy", "ro": false, "node-name": "copy"}, "#
            + #"{"drv": "nbd", "file": "nbd://x", "ro": true, "node-name": "c"}]"#
        let inventory = try read([
            Self.greeting, #"{"return": {}}"#, #"{"event": "RESUME"}"#, #"{"return": {"name": "web01"}}"#,
            #"{"return": {"UUID": "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"}}"#, #"{"return": [\#(drive)]}"#,
            #"{"return": \#(nodes)}"#, #"{"return": "/boot/vmlinuz"}"#, #"{"return": ""}"#,
            #"{"error": {"class": "GenericError", "desc": "no dtb"}}"#,
        ]).get()
        #expect(inventory.name == Array("web01".utf8))
        #expect(inventory.source == "the monitor of `web01`")
        #expect(
            inventory.uses.map { "\($0.access.word) \(String(decoding: $0.name, as: UTF8.self))" } == [
                "rw /srv/top.qcow2", "rw /dev/vg0/copy", "ro /boot/vmlinuz",
            ])
        guard case .declared(let below)? = inventory.uses.first?.chain else { throw SetUpFailure("no chain") }
        #expect(below.map(\.name) == [Array("/srv/base.qcow2".utf8)])
        #expect(inventory.uses.first?.role == "disk /machine/peripheral/vda/virtio-backend")
    }

    @Test(arguments: [
        (["SSH-2.0-OpenSSH"], "the monitor's answer is no JSON: an unexpected character at byte 1"),
        (["{}"], "nobody greets there as a monitor does: is it a socket of `-qmp unix:…,server=on,wait=off`?"),
        ([], "the monitor's answer is no JSON: it ends too early at byte 1"),
        ([greeting], "the monitor cannot be reached: ECONNRESET (Connection reset by peer)"),
        (
            [greeting, String(repeating: "[", count: 5000)],
            "the monitor's answer is no JSON: arrays and objects too deep in each other at byte 1025"
        ),
    ]) func `what is no monitor gives a reason`(row: (lines: [String], message: String)) throws {
        guard case .failure(let failure) = try read(row.lines) else { throw SetUpFailure("it was read") }
        #expect(failure.description == row.message)
        #expect(failure.isOfEnvironment)
    }

    @Test func `a socket that is not there gives a reason`() {
        let error = #expect(throws: InventorySource.Failure.self) {
            try InventorySource.monitor(Array("/nowhere/qmp".utf8)).read(directory: nil, host: AbsentHost())
        }
        #expect(error?.description == "the monitor cannot be reached: ENOENT (No such file or directory)")
    }
}

private final class ScriptedMonitor: Sendable {
    private let listener: UnixSocket
    private let bytes: [UInt8]
    private let closes: Bool

    init(_ listener: consuming UnixSocket, _ bytes: [UInt8], closes: Bool) {
        self.listener = listener
        self.bytes = bytes
        self.closes = closes
    }

    func start() throws {
        try Thread.start {
            guard let connection = try? self.listener.accept() else { return }
            try? connection.descriptor.writeAll(self.bytes)
            connection.endWriting()
            // Until the reader has gone: a reset would take bytes away that it has not read.
            var room = [UInt8](repeating: 0, count: 4096)
            while let count = try? connection.descriptor.read(into: &room), count > 0 {}
        }
    }
}
