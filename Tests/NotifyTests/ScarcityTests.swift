import HookLinux
import Testing
import TestSupport

/// A broker that lacks something.
@Suite(.enabled(if: GuardedProgram.isPossible && HangingFileSystem.isPossible))
struct ScarcityTests {
    /// The thread that was to answer in another's place needs descriptors: so somebody else answers.
    @Test func `what a broker without descriptors has received it answers all the same, and goes on with some`() throws
    {
        let program = try GuardedProgram(statements: ["root slow DIR/slow {", "    allow rw disk.img", "}"])
        program.options = ["--open-timeout", "1"]
        try program.directory.directory("slow")
        let fileSystem = try HangingFileSystem(at: program.directory.path("slow"))
        try fileSystem.hang(.open)
        let probe = try program.start(
            "background \(program.directory.path("slow/disk.img"))", "await", "join", "await",
            "open \(program.image("disk.raw")) 2", "await")
        #expect(try probe.line() == "ok")
        #expect(try probe.line() == "waiting")
        let broker = try program.broker()
        // Fewer than it has: no other can be had. It still waits for as many at once (poll(2)).
        try limitDescriptors(of: broker, to: "8")
        try probe.goOn()
        #expect(try probe.line() == "background: ETIMEDOUT")
        #expect(try probe.line() == "waiting")
        try limitDescriptors(of: broker, to: "1024")
        try probe.goOn()
        #expect(try probe.line() == "ok image")
        #expect(try probe.line() == "waiting")
        try fileSystem.release()
        try probe.goOn()
    }

    /// The soft limit alone.
    private func limitDescriptors(of process: Int32, to count: String) throws {
        let run = try Program.run(
            "prlimit", ["--pid", "\(process)", "--nofile=\(count):"], environment: ["PATH=/usr/bin:/bin"])
        guard run.ending == .exited(0) else { throw SetUpFailure("prlimit: \(run)") }
    }
}
