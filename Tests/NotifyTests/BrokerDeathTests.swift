import Foundation
import Glibc
import HookLinux
import SystemPackage
import Testing
import TestSupport

/// What becomes of a program whose broker is killed.
@Suite(.enabled(if: GuardedProgram.isPossible))
struct BrokerDeathTests {
    @Test func `a program whose broker is killed runs on, and its next open fails at once`() throws {
        let program = try GuardedProgram()
        let disk = program.image("disk.raw")
        let probe = try program.start("open \(disk) 2", "await", "open \(disk) 2", "await")
        #expect(try probe.line() == "ok image")
        #expect(try probe.line() == "waiting")
        let broker = try program.broker()
        #expect(kill(broker, SIGKILL) == 0)
        while kill(broker, 0) == 0 { usleep(1000) }
        try probe.goOn()
        #expect(try probe.line() == "ENOSYS")
        #expect(try probe.line() == "waiting")
    }
}
