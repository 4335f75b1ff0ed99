import Glibc
import HookLinux
import TestSupport
import Testing

/// A broker that is killed while its program runs.
@Suite(
    .enabled(if: LaunchStage.isPossible && Privilege.makesDevices && Privilege.mounts, "needs root, devices, mounts"))
struct BrokerLossTests {
    @Test(arguments: [(LaunchStage.Way.notify, "Function not implemented"), (.preload, "Input/output error")])
    func `the program runs on, its next open fails at once, and the system log has a record`(
        way: LaunchStage.Way, message: String
    ) throws {
        let stage = try LaunchStage()
        let log = try ownDevices(stage)
        let script = "echo up; read -r x; { read -r line || :; } < TOP/images/disk.raw; echo \"status $?\"; echo on"
        // A /dev of its own, whose `log` is this test's.
        let wrapper = [
            "unshare", "-m", "sh", "-c", "mount --bind \(stage.directory.path("dev")) /dev && exec \"$0\" \"$@\"",
        ]
        let launch = try RunningLaunch(stage, stage.usual(way), script: script, wrapper: wrapper)
        #expect(try launch.line() == "up")
        try ProcessHandle(pid: stage.broker()).send(signal: .kill)
        let record =
            "the broker for \(stage.directory.path("policy")) was killed by signal 9: QEMU runs on, and every open "
            + "that the policy manages is refused from now on"
        let logged = poll { () -> String? in
            log.listen()
            return log.said.first { $0.contains(record) }
        }
        #expect(logged?.contains("openhook[") == true, "\(log.said)")
        try launch.goOn()
        #expect(try launch.line() == "status 2")
        #expect(try launch.line() == "on")
        #expect(try launch.process.wait() == .exited(0))
        #expect(launch.errors.contains("cannot open \(stage.directory.path("images/disk.raw")): \(message)"))
        // Written by nobody's child, behind the record in the system log.
        #expect(poll { launch.errors.contains("openhook: \(record)\n") ? true : nil } == true, "\(launch.errors)")
    }

    private func ownDevices(_ stage: LaunchStage) throws -> StandInManager {
        try stage.directory.directory("dev")
        for (name, minor) in [("null", UInt64(3)), ("zero", 5), ("urandom", 9)] {
            try stage.directory.device("dev/\(name)", .characterDevice, major: 1, minor: minor)
        }
        return try StandInManager(at: stage.directory.path("dev/log"))
    }
}
