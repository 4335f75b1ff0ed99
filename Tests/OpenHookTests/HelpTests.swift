import Testing

struct HelpTests {
    @Test func `the command's help names its verbs and where to begin`() throws {
        let run = try Program.openhook("--help")
        #expect(run.status == 0)
        #expect(run.output.contains("New here? Run `openhook demo`: it needs no root, no SELinux and no set-up."))
        for verb in ["demo", "check", "explain", "open", "generate", "drift"] {
            #expect(run.output.contains("\n  \(verb) "))
        }
    }

    @Test(arguments: [
        ("demo", ["  openhook demo\n", "  0  everything answered as expected\n", "  3  the demo cannot run"]),
        (
            "check",
            ["  openhook check /etc/openhook/web01.policy\n", "  2  it has errors, or wrong usage\n", "--strict"]
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
