import HookLinux
import TestSupport
import Testing

/// What keeps a QEMU from being started, and what is said of it.
@Suite(.enabled(if: LaunchStage.isPossible, "\(LaunchStage.needsRoot)"))
struct ExitStatusTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let options: [String]
        var command = ["/bin/true"]
        let status: Int32
        /// The last line of standard error.
        let message: String
    }

    private static let otherUser =
        "openhook: QEMU would run as user 65533, and the policy lets user 65534 ask (`peer uid`): start it as that with "
        + "--user, or add `peer uid 65533`"
    private static let noDirectory =
        "the audit file TOP/logs/audit cannot be opened: ENOENT (No such file or directory): its directory is missing "
        + "(mkdir -p TOP/logs)"

    static let cases = [
        Case(
            testDescription: "a policy that is not there", options: ["--policy", "TOP/none", "--user", "nobody"],
            status: 2, message: "openhookd: TOP/none: the policy cannot be read: ENOENT (No such file or directory)"),
        Case(
            testDescription: "root, and nobody says as whom", options: ["--policy", "TOP/policy"], status: 2,
            message:
                "openhook: QEMU would run as root, which no wall holds: name a user of its own with --user, or say "
                + "--allow-root"),
        Case(
            testDescription: "a user that the policy does not let ask",
            options: ["--policy", "TOP/policy", "--user", "65533"], status: 2, message: otherUser),
        Case(
            testDescription: "the same, and nothing is to be done",
            options: ["--policy", "TOP/policy", "--user", "65533", "--dry-run"], status: 2, message: otherUser),
        Case(
            testDescription: "no directory for the audit",
            options: ["--policy", "TOP/policy", "--user", "nobody", "--audit", "TOP/logs/audit"], status: 3,
            message: "openhookd: \(noDirectory)"),
        Case(
            testDescription: "no directory for the audit, and nothing is to be done",
            options: ["--policy", "TOP/policy", "--user", "nobody", "--audit", "TOP/logs/audit", "--dry-run"],
            status: 3, message: "openhook: \(noDirectory)"),
        Case(
            testDescription: "root as the user", options: ["--policy", "TOP/policy", "--user", "root"], status: 2,
            message: "openhook: --user names root, which no wall holds: --allow-root starts it anyway"),
        Case(
            testDescription: "a program that is not there", options: ["--policy", "TOP/policy", "--user", "nobody"],
            command: ["/usr/bin/qemu-system-none"], status: 3,
            message: "openhook: /usr/bin/qemu-system-none cannot be executed: ENOENT (No such file or directory)"),
        Case(
            testDescription: "a program that is not in PATH", options: ["--policy", "TOP/policy", "--user", "nobody"],
            command: ["qemu-system-none"], status: 3, message: "openhook: there is no qemu-system-none in PATH"),
        Case(
            testDescription: "a program outside of the wall", options: ["--policy", "TOP/policy", "--user", "nobody"],
            command: ["TOP/program"], status: 3,
            message:
                "openhook: TOP/program lies outside of what QEMU may execute by itself: the policy needs `own ro TOP`"),
        Case(
            testDescription: "strictness without notification",
            options: ["--policy", "TOP/policy", "--user", "nobody", "--strict", "--via", "native"], status: 2,
            message: "openhook: --strict goes with --via notify, not with native"),
        Case(
            testDescription: "a script in the place of a program that is loaded",
            options: [
                "--policy", "TOP/policy", "--user", "nobody", "--via", "preload", "--preload", "/usr/lib/none.so",
            ], command: ["TOP/script"], status: 3,
            message:
                "openhook: TOP/script is no program that the loader loads: a script's interpreter would use the preload "
                + "library up"),
        Case(
            testDescription: "no broker to attach to", options: ["--attach", "TOP/launch", "--user", "nobody"],
            status: 3,
            message: "openhook: no broker can be reached at TOP/launch: ENOENT (No such file or directory)"),
        Case(
            testDescription: "a server that is not there",
            options: ["--policy", "TOP/policy", "--user", "nobody", "--server", "TOP/none"], status: 3,
            message: "openhook: TOP/none cannot be started: ENOENT (No such file or directory)"),
        Case(
            testDescription: "--transition without a label",
            options: ["--policy", "TOP/policy", "--user", "nobody", "--transition"], status: 2,
            message: "openhook: --transition needs a `peer label` statement: the label that QEMU is to have"),
    ]

    @Test(arguments: LaunchStage.Way.allCases)
    func `QEMU's directory for temporary files is not made where the policy manages names`(
        way: LaunchStage.Way
    ) throws {
        let stage = try LaunchStage()
        stage.temporary = "images"
        let before = try TreeSnapshot(of: stage.directory.path("images"))
        let run = try stage.run(stage.usual(way), ["/bin/true"])
        let images = stage.directory.path("images")
        #expect(run.ending == .exited(2))
        // The broker's records go to the same place, and its last one may come later.
        let lines = run.errors.split(separator: "\n").filter { !$0.hasPrefix("{") }
        #expect(
            lines.last.map(String.init)
                == "openhook: QEMU's own directory \(images)/openhook-stage-65534 would be in \(images) or around it, which "
                + "the policy manages: name another place (TMPDIR, RUNTIME_DIRECTORY)")
        #expect(try TreeSnapshot(of: stage.directory.path("images")) == before)
    }

    @Test(arguments: cases) func `nothing is started, and the last line says why`(one: Case) throws {
        let stage = try LaunchStage()
        try stage.directory.file("script", "#!/bin/sh\n", mode: 0o755)
        try stage.directory.file("program", "", mode: 0o755)
        let run = try stage.run(one.options, one.command)
        #expect(run.ending == .exited(one.status), "\(run)")
        #expect(run.output == "")
        let lines = run.errors.split(separator: "\n").filter { !$0.hasPrefix("{") }
        #expect(lines.last.map(String.init) == one.message.replacing("TOP", with: stage.directory.path))
    }

    @Test func `a policy with errors is status 2, and each error is shown`() throws {
        let stage = try LaunchStage { $0[6] = "    allow rw disk.raw creat" }
        let run = try stage.run(["--policy", "TOP/policy", "--user", "nobody"], ["/bin/true"])
        #expect(run.ending == .exited(2))
        #expect(run.errors.contains("policy:7:23: error: unknown clause `creat`, did you mean `create`?"), "\(run)")
    }

    @Test(arguments: [
        (["--user", "nobody"], "--policy, or --attach, is needed"),
        (
            ["--attach", "web01", "--policy", "p"],
            "--policy is the running broker's own matter: it does not go with --attach"
        ),
        (["--policy", "p", "--json"], "--json goes with --dry-run"),
        (["--policy", "p", "--user", "nobody-has-this-name"], "unknown user nobody-has-this-name"),
        (["--policy", "p", "--open-timeout", "0"], "--open-timeout needs a number of seconds from 1 to 3600"),
    ]) func `wrong usage is status 2`(options: [String], message: String) throws {
        let run = try LaunchStage().run(options, ["/bin/true"])
        #expect(run.ending == .exited(2))
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test(arguments: LaunchStage.Way.allCases) func `once it is started, the exit status is QEMU's own`(
        way: LaunchStage.Way
    ) throws {
        let stage = try LaunchStage()
        #expect(try stage.shell(way, "exit 7").ending == .exited(7))
        #expect(try stage.shell(way, "kill -9 $$").ending == .signalled(9))
    }

    @Test(arguments: LaunchStage.Way.allCases) func `the process that was started becomes QEMU`(
        way: LaunchStage.Way
    ) throws {
        let stage = try LaunchStage()
        let run = try stage.shell(way, "{ read -r line || :; } < TOP/images/disk.raw; echo \"$line\"; echo $$")
        #expect(run.lines.first == "image")
        let attached = try #require(try stage.records("attached").first)
        #expect(run.lines.dropFirst().first == attached["peer_pid"])
    }
}
