import HookLinux
import TestSupport
import Testing

/// `broker.pid`, by which an admin finds the broker of a VM.
@Suite(.enabled(if: LaunchStage.isPossible, "\(LaunchStage.needsRoot)"))
struct BrokerPidTests {
    @Test(arguments: LaunchStage.Way.allCases) func `it is there as long as the broker is`(
        way: LaunchStage.Way
    ) throws {
        let stage = try LaunchStage()
        let launch = try RunningLaunch(stage, stage.usual(way), script: "echo here; read -r line")
        #expect(try launch.line() == "here")
        #expect(try ProcessHandle(pid: stage.broker()).isRunning())
        try launch.goOn()
        #expect(try launch.process.wait() == .exited(0))
        #expect(try poll { try stage.records("stopped").isEmpty ? nil : true } == true)
        #expect(!stage.directory.exists("runtime/broker.pid"))
    }

    @Test(arguments: LaunchStage.Way.allCases) func `another start of the VM leaves that of the broker which lives`(
        way: LaunchStage.Way
    ) throws {
        let stage = try LaunchStage()
        let launch = try RunningLaunch(stage, stage.usual(way), script: "echo here; read -r line")
        #expect(try launch.line() == "here")
        let first = try stage.broker()
        #expect(try stage.shell(way, "exit 7").ending == .exited(7))
        #expect(try poll { try stage.records("stopped").isEmpty ? nil : true } == true)
        #expect(try stage.broker() == first)
        try launch.goOn()
        #expect(try launch.process.wait() == .exited(0))
        #expect(try poll { try stage.records("stopped").count > 1 ? true : nil } == true)
        #expect(!stage.directory.exists("runtime/broker.pid"))
    }
}
