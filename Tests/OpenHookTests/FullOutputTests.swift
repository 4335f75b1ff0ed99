import Foundation
import Testing

/// What is answered and cannot be written: `/dev/full` takes nothing.
struct FullOutputTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
        try write("vm.cases", "allow rw \(scene.name("disk.qcow2"))\n")
        try write("trail.jsonl", record)
        try write(
            "web01.xml",
            "<domain type='kvm'><name>web01</name><devices><disk type='file'><source file='\(scene.name("disk.qcow2"))'/>"
                + "<target dev='vda'/></disk></devices></domain>")
    }

    private var record: String {
        "{\"time\":\"t\",\"vm\":\"web01\",\"generation\":1,\"event\":\"refused\",\"stage\":\"policy\","
            + "\"name\":\"\(scene.name("new.raw"))\",\"flags\":\"O_RDWR\",\"result\":\"refused\"}\n"
    }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: scene.top.appending(component: name))
    }

    /// `TOP` stands for the scene's folder.
    private func run(_ arguments: [String]) throws -> Program.Run {
        try Program.run(
            "/bin/sh",
            ["-c", "exec \"$0\" \"$@\" > /dev/full", Program.product("openhook")]
                + arguments.map { $0.replacing("TOP", with: scene.top.path) })
    }

    private static let reason = "standard output cannot be written: ENOSPC (No space left on device)\n"

    static let verbs = [
        ["--help"], ["--version"], ["check", "--help"], ["check", "TOP/vm.policy"],
        ["check", "--print", "TOP/vm.policy"],
        ["check", "--json", "TOP/vm.policy"], ["explain", "TOP/vm.policy", "/x"],
        ["explain", "--json", "TOP/vm.policy", "/x"],
        ["explain", "--record", "TOP/trail.jsonl"], ["explain", "--json", "--record", "TOP/trail.jsonl"],
        ["test", "TOP/vm.policy", "TOP/vm.cases"], ["test", "--tap", "TOP/vm.policy", "TOP/vm.cases"],
        ["diff", "TOP/vm.policy", "TOP/vm.policy"], ["generate", "--libvirt", "TOP/web01.xml", "--user", "0"],
        ["generate", "--json", "--libvirt", "TOP/web01.xml"], ["drift", "TOP/vm.policy", "--libvirt", "TOP/web01.xml"],
        ["learn", "TOP/trail.jsonl", "--policy", "TOP/vm.policy"],
        ["learn", "--json", "TOP/trail.jsonl", "--policy", "TOP/vm.policy"],
    ]

    @Test(arguments: verbs) func `an answer that cannot be written is status 3, and it is said`(
        arguments: [String]
    ) throws {
        let run = try run(arguments)
        #expect(run.status == 3)
        #expect(run.errors.hasSuffix("openhook: " + Self.reason), "\(run.errors)")
    }

    @Test func `nothing is learned where nobody sees what`() throws {
        let before = try String(contentsOfFile: scene.policy, encoding: .utf8)
        let run = try run(["learn", "TOP/trail.jsonl", "--policy", "TOP/vm.policy", "--yes"])
        #expect(run.status == 3)
        #expect(try String(contentsOfFile: scene.policy, encoding: .utf8) == before)
    }

    @Test(arguments: [[], ["--json"], ["--cat"]]) func `a file that was opened and cannot be shown is status 4`(
        options: [String]
    ) throws {
        let server = try RunningServer(scene)
        let run = try run(["open", "--socket", server.socket] + options + [scene.name("disk.qcow2")])
        #expect(run.status == 4)
        #expect(run.errors.hasSuffix("openhook: " + Self.reason), "\(run.errors)")
    }

    @Test func `the server's help has the same status`() throws {
        let run = try Program.run("/bin/sh", ["-c", "exec \"$0\" --help > /dev/full", Program.product("openhookd")])
        #expect(run.status == 3)
        #expect(run.errors == "openhookd: " + Self.reason)
    }
}
