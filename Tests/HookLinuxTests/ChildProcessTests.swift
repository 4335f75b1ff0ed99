import HookLinux
import SystemPackage
import TestSupport
import Testing

/// A shell that runs a script.
func shell(_ script: String, _ change: (inout ChildProcess.Command) -> Void = { _ in }) throws -> ChildProcess {
    var command = ChildProcess.Command(program: "/bin/sh", arguments: ["-c", script].map { Array($0.utf8) })
    command.environment = [Array("PATH=/usr/bin:/bin".utf8)]
    change(&command)
    return try ChildProcess(command)
}

struct ChildProcessTests {
    @Test(arguments: [Int32(0), 1, 7, 255]) func `its exit status is told`(status: Int32) throws {
        #expect(try shell("exit \(status)").wait() == .exited(status))
    }

    @Test(arguments: [Signal.kill, .terminate, .hangUp]) func `its signal is told`(signal: Signal) throws {
        let child = try shell("while :; do sleep 100; done")
        #expect(try child.wait(milliseconds: 0) == nil)
        try child.send(signal: signal)
        #expect(try child.wait(milliseconds: 20_000) == .signalled(signal.rawValue))
    }

    @Test func `a program that cannot be started is an errno here`() {
        #expect(
            failure { () throws(Errno) in
                _ = try ChildProcess(.init(program: "/nonexistent-program", arguments: []))
            } == .noSuchFileOrDirectory)
        #expect(
            failure { () throws(Errno) in _ = try ChildProcess(.init(program: "/etc", arguments: [])) }
                == .permissionDenied)
    }

    @Test func `it has exactly the descriptors that it is given, in their order`() throws {
        let pair = try UnixSocket.pair(.stream)
        let scratch = try ScratchDirectory()
        try scratch.file("file", "")
        let file = try GrantedDescriptor(appendingTo: scratch.path("file"))
        let socket = pair.second.descriptor.number
        let child = try shell("ls -l /proc/self/fd >&3; echo from 4 >&4; head -c 1 <&0 | wc -c >&3") {
            $0.descriptors = [-1, socket, -1, socket, file.number]
        }
        #expect(try child.wait() == .exited(0))
        #expect(try scratch.text("file") == "from 4\n")
        let near = pair.takeFirst()
        let lines = try Program.readToEnd(of: near).split(separator: "\n").map(String.init)
        let numbers = lines.compactMap { line in
            line.split(separator: " ").firstIndex(of: "->").map { line.split(separator: " ")[$0 - 1] }
        }
        // 5 is what ls itself has open.
        #expect(numbers == ["0", "1", "2", "3", "4", "5"])
        #expect(lines.last?.trimmed == "0")
        #expect(lines.contains { $0.hasSuffix("0 -> /dev/null") })
    }

    @Test func `it has the arguments and the environment that it is given`() throws {
        let run = try Program.run("env", [], environment: ["A=1", "B=x y"])
        #expect(run.lines == ["A=1", "B=x y"])
        let words = try Program.run("printf", ["%s|", "a b", "", "*", "\"é"], environment: [])
        #expect(words.output == "a b||*|\"é|")
    }

    @Test(.enabled(if: Privilege.isRoot, "needs root, to become another user"))
    func `it runs as the user that is given, with no other group`() throws {
        let run = try Program.run(
            "sh", ["-c", "id -u; id -g; id -G"], environment: ["PATH=/usr/bin:/bin"],
            user: UserIdentity(uid: 4321, gid: 5432, groups: [1]))
        #expect(run.lines == ["4321", "5432", "5432"])
    }

    @Test(.enabled(if: LandlockRuleset.kernelVersion != nil, "needs Landlock"))
    func `it reaches nothing but what it is confined to`() throws {
        let scratch = try ScratchDirectory()
        try scratch.directory("mine")
        try scratch.directory("others")
        try scratch.file("others/file")
        let script = "echo x > \(scratch.path("mine/new")); cat \(scratch.path("others/file")) && exit 1; exit 5"
        let system = ["/usr", "/bin", "/lib", "/lib64", "/dev", "/etc", "/not/there"].map { SystemPath(text: $0) }
        let child = try shell(script) {
            $0.descriptors = [-1, -1, -1]
            $0.confinement = .landlock(reading: system, everything: [SystemPath(text: scratch.path("mine"))])
        }
        #expect(try child.wait() == .exited(5))
        #expect(try scratch.text("mine/new") == "x\n")
    }

    @Test func `a NUL in an argument cannot part it in two`() throws {
        var command = ChildProcess.Command(program: "/bin/sh", arguments: [Array("-c".utf8), Array("exit \0003".utf8)])
        command.descriptors = [-1, -1, -1]
        #expect(try ChildProcess(command).wait() == .exited(3))
    }
}

extension String {
    fileprivate var trimmed: String { split(separator: " ").joined() }
}
