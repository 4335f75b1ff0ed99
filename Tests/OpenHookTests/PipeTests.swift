import Foundation
import Testing

/// Files that are pipes: `<(…)` of a shell, whose writer takes its time.
@Suite(.enabled(if: Program.exists("bash"), "needs bash"))
struct PipeTests {
    private func run(_ scene: Scene, _ command: String) throws -> Program.Run {
        try Program.run(
            "/usr/bin/env",
            ["bash", "-c", command.replacing("TOP", with: scene.top.path).replacing("openhook ", with: "\"$0\" ")]
                + [Program.product("openhook")])
    }

    static let rows: [(command: String, status: Int32, output: String)] = [
        ("openhook diff <(sleep 0.2; cat TOP/vm.policy) TOP/vm.policy", 0, "no difference: both grant the same\n"),
        ("openhook explain <(sleep 0.2; cat TOP/vm.policy) TOP/images/disk.qcow2", 0, "granted: TOP/images/disk.qcow2"),
        ("openhook check <(sleep 0.2; cat TOP/vm.policy)", 0, "/dev/fd/63: good."),
        ("openhook test TOP/vm.policy <(sleep 0.2; echo deny ro /x)", 0, "1 case: 1 as expected, 0 not\n"),
        ("openhook test TOP/vm.policy - < <(sleep 0.2; echo deny ro /x)", 0, "1 case: 1 as expected, 0 not\n"),
        (
            "openhook generate --user 0 --libvirt <(sleep 0.2; echo \"<domain type='kvm'><name>a</name></domain>\")", 0,
            "# Made by `openhook generate` from the libvirt domain `a`."
        ),
        (
            "openhook explain --record <(sleep 0.2; echo '{\"vm\":\"a\",\"event\":\"started\",\"time\":\"noon\"}')", 0,
            "At noon the broker of VM a started.\n"
        ),
    ]

    @Test(arguments: rows) func `a pipe is read to its end`(
        row: (command: String, status: Int32, output: String)
    ) throws {
        let scene = try Scene()
        let run = try run(scene, row.command)
        #expect(run.status == row.status, "\(run.errors)")
        #expect(scene.shortened(run.output).hasPrefix(row.output), "\(run.output)")
    }
}
