import Foundation
import HookLinux
import TestSupport
import Testing

/// The process that waits for a broker as long as QEMU runs.
@Suite(.enabled(if: LaunchStage.isPossible, "\(LaunchStage.needsRoot)"))
struct GuardianTests {
    @Test func `it holds neither a directory nor a descriptor of the launcher's`() throws {
        let stage = try LaunchStage()
        let launch = try RunningLaunch(stage, stage.usual(.notify), script: "echo up; read -r x")
        #expect(try launch.line() == "up")
        let guardian = "/proc/\(try parent(of: stage.broker()))"
        #expect(try String(contentsOfFile: "\(guardian)/comm", encoding: .utf8) == "openhook-guard\n")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(guardian)/cwd") == "/")
        // Standard input and output, what the launcher was told over, and standard error for a loss.
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(guardian)/fd").count == 4)
        try launch.goOn()
        #expect(try launch.process.wait() == .exited(0))
    }

    private func parent(of process: Int32) throws -> Int32 {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("PPid:") }
        return line.flatMap { Int32($0.dropFirst("PPid:".count).trimmingCharacters(in: .whitespaces)) } ?? 0
    }
}
