import Foundation
import Glibc
import HookLinux
import TestSupport
import Testing

/// What a program behind the wall is, and what it cannot reach by itself.
@Suite(.enabled(if: LaunchStage.isPossible, "\(LaunchStage.needsRoot)"))
struct WallTests {
    @Test(arguments: LaunchStage.Way.allCases)
    func `another user, no group of root's, no capability, no new privileges`(
        way: LaunchStage.Way
    ) throws {
        let run = try LaunchStage().shell(way, "grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs)' /proc/self/status")
        let none = "0000000000000000"
        let ids = "65534\t65534\t65534\t65534"
        let lines = run.lines.map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(
            lines == [
                "Uid:\t\(ids)", "Gid:\t\(ids)", "Groups:\t65534", "CapInh:\t\(none)", "CapPrm:\t\(none)",
                "CapEff:\t\(none)", "CapBnd:\t\(none)", "CapAmb:\t\(none)", "NoNewPrivs:\t1",
            ])
    }

    @Test func `root is told that it is no boundary, and so is the audit trail; it has no capability either`() throws {
        let stage = try LaunchStage { $0[3] = "peer any" }
        let options = ["--policy", "TOP/policy", "--allow-root", "--audit", "TOP/audit", "--via", "notify"]
        let run = try stage.run(options, ["/bin/sh", "-c", "grep ^CapEff /proc/self/status; cat TOP/images/disk.raw"])
        #expect(run.lines == ["CapEff:\t0000000000000000", "image"])
        let why = "not a boundary: QEMU runs as root"
        #expect(run.errors.contains("openhook: warning: \(why), which can chmod, relabel and kill"), "\(run.errors)")
        #expect(try stage.records("attached").first?.reason.contains(why) == true)
    }

    /// Each is a thing that file modes would let anybody do.
    static let attempts = [
        "cat TOP/open/file", "echo x > TOP/open/file", "echo x > TOP/writable/new", "ls TOP/open",
        "rm TOP/writable/file", "mkdir TOP/writable/directory", "mv TOP/writable/file TOP/run/stolen",
        "ln TOP/writable/file TOP/run/linked", "TOP/open/program", "echo x > TOP/readable/file",
        "echo x > TOP/run/own; echo x > /proc/$$/root/TOP/writable/new", "kill -0 PEER",
        // A node that stands for nothing, which takes no capability.
        "mknod TOP/run/device c 0 0",
        "cp /bin/true TOP/run/program && TOP/run/program", "dd if=/dev/null of=TOP/open/file conv=notrunc seek=1 bs=1",
    ]

    @Test(arguments: attempts, LaunchStage.Way.allCases)
    func `what no statement names is out of reach`(attempt: String, way: LaunchStage.Way) throws {
        let stage = try LaunchStage { $0.insert("own ro TOP/readable", at: 5) }
        for name in ["open", "writable", "readable"] { try stage.directory.directory(name, mode: 0o777) }
        for name in ["open/file", "writable/file", "readable/file"] {
            try stage.directory.file(name, "content", mode: 0o666)
        }
        try stage.directory.file("open/program", "#!/bin/sh\n", mode: 0o755)
        let peer = try sleeper()
        // Reaped, too: what waits for any child must not find it for ever.
        defer {
            try? peer.send(signal: .kill)
            _ = try? peer.wait()
        }
        let before = try TreeSnapshot(of: stage.directory.path("open"))
        let script = attempt.replacing("PEER", with: "\(peer.pid)")
        let run = try stage.shell(way, "{ \(script); } 2>&1; echo \"status $?\"")
        #expect(run.lines.last.map { $0 != "status 0" } == true, "\(run)")
        #expect(run.output.contains("ermi") || run.output.contains("cross-device"), "\(run)")
        #expect(try TreeSnapshot(of: stage.directory.path("open")) == before)
        #expect(try stage.directory.text("writable/file") == "content")
        #expect(try stage.directory.text("readable/file") == "content")
    }

    /// Another process of QEMU's user.
    private func sleeper() throws -> ChildProcess {
        var command = ChildProcess.Command(
            program: SystemPath("/bin/sleep"), arguments: [Array("30".utf8)])
        command.user = UserIdentity(uid: LaunchStage.nobody, gid: LaunchStage.nobody, groups: [])
        command.endsWithParent = true
        return try ChildProcess(command)
    }

    @Test(arguments: LaunchStage.Way.allCases)
    func `what a statement names is in reach, and its own directories`(way: LaunchStage.Way) throws {
        let stage = try LaunchStage { $0.insert("own ro TOP/readable", at: 5) }
        try stage.directory.directory("readable")
        try stage.directory.file("readable/file", "content\n", mode: 0o644)
        let run = try stage.shell(
            way,
            "cat TOP/readable/file && echo x > TOP/run/new && echo y > TOP/runtime/qemu/new && mktemp && "
                + "{ read -r line || :; } < TOP/images/disk.raw; echo \"$line\"")
        #expect(run.ending == .exited(0), "\(run)")
        #expect(run.lines.first == "content")
        #expect(
            run.lines.dropFirst().first?.hasPrefix(stage.directory.path("tmp/openhook-stage-65534/")) == true, "\(run)")
        #expect(try stage.directory.status("runtime/qemu").permissions == 0o700)
    }

    @Test(arguments: LaunchStage.Way.allCases)
    func `a file that is readable is not opened again for writing by its descriptor`(way: LaunchStage.Way) throws {
        let stage = try LaunchStage { $0.insert("own ro TOP/readable", at: 5) }
        try stage.directory.directory("readable", mode: 0o777)
        try stage.directory.file("readable/file", "content", mode: 0o666)
        let run = try stage.shell(
            way, "exec 3< TOP/readable/file; { read -r line || :; } <&3; echo \"$line\"; echo x > /proc/self/fd/3")
        #expect(run.ending != .exited(0))
        #expect(run.lines == ["content"])
        #expect(run.errors.contains("/proc/self/fd/3: Permission denied\n"), "\(run.errors)")
        #expect(try stage.directory.text("readable/file") == "content")
    }

    @Test func `without the wall file modes decide, and that is said`() throws {
        let stage = try LaunchStage()
        try stage.directory.directory("open")
        try stage.directory.file("open/file", "content", mode: 0o644)
        let run = try stage.shell(.preload, "cat TOP/open/file", options: ["--no-wall"])
        #expect(run.output == "content")
        #expect(
            run.errors.contains(
                "openhook: warning: no Landlock, as was asked for: file modes alone decide what QEMU may open by itself"
            ))
    }

    @Test func `somebody else's directory for temporary files is not taken`() throws {
        let stage = try LaunchStage()
        try stage.directory.directory("tmp/openhook-stage-65534")
        let run = try stage.shell(.preload, "true")
        #expect(run.ending == .exited(3))
        #expect(
            run.errors.contains("it belongs to user 0, not to QEMU's: remove it, or name another place with TMPDIR"))
    }
}
