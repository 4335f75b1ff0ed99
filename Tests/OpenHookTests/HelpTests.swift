import Foundation
import Testing

struct HelpTests {
    @Test func `the command's help names its verbs and where to begin`() throws {
        let run = try Program.openhook("--help")
        #expect(run.status == 0)
        #expect(run.output.contains("New here? Run `openhook demo`: it needs no root, no SELinux and no set-up."))
        for verb in Self.verbs { #expect(run.output.contains("\n  \(verb) ")) }
    }

    static let verbs = ["run", "demo", "check", "explain", "generate", "learn", "test", "diff", "drift", "open"]

    @Test(arguments: [
        ("demo", ["  openhook demo\n", "  0  everything answered as expected\n", "  3  the demo cannot run"]),
        (
            "check",
            [
                "  openhook check /etc/openhook/web01.policy\n",
                "  1  it is good, and openhookd with a listening socket would not start with\n",
                "  2  it has errors, or wrong usage\n", "--strict",
            ]
        ),
        (
            "explain",
            [
                "  openhook explain web01.policy /srv/web01.qcow2 --access rw\n", "  1  refused\n",
                "--peer-label <label>",
            ]
        ),
        (
            "open",
            [
                "  openhook open --socket /run/web01.sock --access rw /srv/web01.qcow2\n",
                "  4  granted, but reading or writing it failed\n", "--flags <words>",
            ]
        ),
        (
            "generate",
            [
                "  virsh dumpxml web01 | openhook generate --libvirt - \\\n",
                "  1  the policy is made; some names got no rule: its comments say why\n", "--within <dir>",
            ]
        ),
        (
            "drift",
            [
                "  openhook drift /etc/openhook/web01.policy --qmp /run/web01/qmp\n", "  0  they agree\n",
                "--pid <pid>",
            ]
        ),
        (
            "run",
            [
                "  openhook run --policy /etc/openhook/web01.policy --user qemu-web01 \\\n",
                "  2  wrong usage, or a policy with errors\n", "--via <auto|notify|preload|native>",
            ]
        ),
        (
            "learn",
            [
                "  openhook learn web01.jsonl --policy web01.policy --within /srv/images \\\n",
                "  2  the policy has errors, the trail has no record, or wrong usage\n", "--within <dir>",
            ]
        ),
        (
            "test",
            [
                "  openhook test web01.policy web01.cases\n", "  allow rw /srv/images/${vm}.qcow2\n",
                "  1  some are not\n",
            ]
        ),
        (
            "diff",
            [
                "  openhook diff /etc/openhook/web01.policy web01.policy.new\n",
                "  1  it grants more, or something else\n",
            ]
        ),
    ])
    func `a verb's help has an example and its exit statuses, within 80 columns`(
        row: (verb: String, lines: [String])
    ) throws {
        let run = try Program.openhook(row.verb, "--help")
        #expect(run.status == 0)
        #expect(run.output.contains("\nExamples:\n"))
        #expect(run.output.contains("\nExit status:\n"))
        for line in row.lines { #expect(run.output.contains(line)) }
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    /// What is indented is to be copied: no wrapper may break it.
    @Test(arguments: verbs) func `examples stand in the help as they were written`(verb: String) throws {
        let dump = try Program.openhook("--experimental-dump-help")
        let tree = try #require(try JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any])
        let verbs = try #require((tree["command"] as? [String: Any])?["subcommands"] as? [[String: Any]])
        let command = try #require(verbs.first { $0["commandName"] as? String == verb })
        let written = try #require(command["discussion"] as? String).components(separatedBy: "\n")
        let shown = try Program.openhook(verb, "--help").output.components(separatedBy: "\n")
        let indented = written.filter { $0.hasPrefix("  ") }
        #expect(indented.contains { $0.hasPrefix("  openhook \(verb)") })
        for line in indented { #expect(shown.contains(line), "\(line)") }
        #expect(!shown.contains { $0.hasSuffix("\\") && !indented.contains($0) })
    }

    @Test(arguments: [
        ([], 0, ""),
        (["frobnicate"], 2, "Error: Unexpected argument 'frobnicate'"),
        (["open"], 2, "Error: Missing expected argument '<name>'"),
        (["open", "x"], 2, "Error: say where the server is: --socket PATH or --fd N"),
        (["explain", "p", "x", "--flags", "rw", "--access", "ro"], 2, "Error: --access and --flags both say"),
        (["explain", "p", "x", "--flags", "quick"], 2, "unknown open flag 'quick'; there are: rdonly, wronly"),
        (["explain", "p", "x", "--peer-label", "nobody"], 2, "a label is user:role:type or user:role:type:level"),
        (["open", "--socket", "s", "--mode", "9", "x"], 2, "permissions are an octal number, at most 7777"),
    ])
    func `wrong usage ends with status 2 and says what is wrong`(
        row: (arguments: [String], status: Int32, error: String)
    ) throws {
        let run = try Program.openhook(row.arguments)
        #expect(run.status == row.status)
        if !row.error.isEmpty { #expect(run.errors.contains(row.error)) }
    }
}
