import Foundation
import HookLinux
import Testing
import TestSupport

/// Signals, file systems that hang, floods.
@Suite(.enabled(if: GuardedProgram.isPossible))
struct TimeTests {
    /// Until the broker has received a call, a signal interrupts it as any system call, and the kernel begins it anew
    /// where the handler wants that. From then on nothing does: each open is seen once.
    @Test func `signals every 5 ms interrupt no open, and none is begun anew`() throws {
        let program = try GuardedProgram(statements: ["rate 100 burst 1"])
        // At 100 a second each takes two signals' time.
        #expect(try program.run("signals \(program.image("disk.raw")) 60 0x10000000") == ["0 EINTR, 0 other"])
        #expect(try program.records().filter { $0.event == "opened" }.count == 60)
    }

    /// Where the handler does not want calls to begin anew, a signal in the microseconds before the broker has received the
    /// call is seen. Each open waits for two signals' time after that: those are not.
    @Test func `signals interrupt no open that the broker has received, whatever the handler wants`() throws {
        let program = try GuardedProgram(statements: ["rate 100 burst 1"])
        let answer = try program.run("signals \(program.image("disk.raw")) 60 0")
        #expect((0...5).map { "\($0) EINTR, 0 other" }.contains(answer.first), "\(answer)")
    }

    @Test(.enabled(if: HangingFileSystem.isPossible))
    func `an open that hangs is answered at its deadline, and holds no other`() throws {
        let program = try GuardedProgram(statements: ["root slow DIR/slow {", "    allow rw disk.img", "}"])
        program.options = ["--open-timeout", "4"]
        try program.directory.directory("slow")
        let fileSystem = try HangingFileSystem(at: program.directory.path("slow"))
        try fileSystem.hang(.open)
        let slow = program.directory.path("slow/disk.img")
        #expect(
            try program.run("background \(slow)", "open \(program.image("disk.raw")) 2", "stat \(slow)", "join")
                == ["ok", "ok image", "ok 4096 0100644", "background: ETIMEDOUT"])
        let refusal = try program.records().last { $0.event == "refused" }
        #expect(refusal?.stage == "deadline")
        #expect(refusal?.reason == "the file system did not answer in time")
    }

    @Test(.enabled(if: HangingFileSystem.isPossible))
    func `a thousand opens that hang take bounded memory, and others are answered meanwhile`() throws {
        let program = try GuardedProgram(statements: ["rate off", "root slow DIR/slow {", "    allow rw disk.img", "}"])
        program.options = ["--open-timeout", "1"]
        try program.directory.directory("slow")
        let fileSystem = try HangingFileSystem(at: program.directory.path("slow"))
        try fileSystem.hang(.open)
        let slow = program.directory.path("slow/disk.img")
        let probe = try program.start(
            "await", "crowd \(slow) 1000 100", "open \(program.image("disk.raw")) 2", "await")
        #expect(try probe.line() == "waiting")
        let broker = try program.broker()
        let before = try residentKilobytes(broker)
        try probe.goOn()
        #expect(try probe.line() == "1000 ETIMEDOUT, 0 other")
        #expect(try probe.line() == "ok image")
        #expect(try probe.line() == "waiting")
        #expect(try residentKilobytes(broker) - before < 32 * 1024)
        try fileSystem.release()
        try probe.goOn()
    }

    private func residentKilobytes(_ pid: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    @Test func `refusals that repeat are counted, not written each`() throws {
        let program = try GuardedProgram(statements: ["rate off"])
        #expect(
            try program.run("flip \(program.image("secret.raw")) \(program.image("secret.raw")) 500")
                == ["0 secret, none granted, some denied"])
        let refusals = try program.records().filter { $0.event == "refused" }
        #expect(refusals.count < 50)
        let counted = refusals.reduce(0) { $0 + 1 + (Int($1["repeated"] ?? "0") ?? 0) }
        #expect(counted >= 400)
    }
}
