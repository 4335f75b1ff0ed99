import Foundation
import Testing

struct LearnCommandTests {
    private static let trails = URL(filePath: #filePath).deletingLastPathComponent().appending(component: "Trails")

    static let names: [String] = {
        (try? FileManager.default.contentsOfDirectory(atPath: trails.path).sorted()) ?? []
    }()

    /// With `OPENHOOK_WRITE_EXPECTED` in the environment trails and proposals are written instead of compared.
    private static let writes = ProcessInfo.processInfo.environment["OPENHOOK_WRITE_EXPECTED"] != nil

    private static let nobody = """
        openhook: this is no terminal, so nobody can be asked: --yes agrees to all of it
        openhook: nothing is written

        """

    /// Each folder has a policy, the requests that a server with it was asked, and the trail that it wrote.
    @Test(arguments: names)
    func `a trail is what a server writes`(name: String) throws {
        let folder = Self.trails.appending(component: name)
        let trail = try TrailScript(folder).record()
        let file = folder.appending(component: "audit.jsonl")
        if Self.writes { try Data(trail.utf8).write(to: file) }
        #expect(try trail == String(contentsOf: file, encoding: .utf8))
    }

    @Test(arguments: names)
    func `a recorded trail gives the expected proposals`(name: String) throws {
        let folder = Self.trails.appending(component: name)
        let run = try Program.run(
            Program.product("openhook"), ["learn", "audit.jsonl", "--policy", "vm.policy", "--patterns"],
            environment: ["COLUMNS": "80"], directory: folder)
        let expected = folder.appending(component: "expected.txt")
        if Self.writes { try Data(run.output.utf8).write(to: expected) }
        #expect(try run.output == String(contentsOf: expected, encoding: .utf8))
        let isProposing = run.output.contains("\n  add   ") || run.output.contains("\n  write ")
        let isForHands = run.output.contains("\nby hand: ")
        #expect(run.errors == (isProposing ? Self.nobody : ""))
        #expect(run.status == (isProposing || isForHands ? 1 : 0))
    }

    @Test func `there are twenty trails and more`() { #expect(Self.names.count >= 20) }

    // MARK: Writing

    private func trail(_ scene: Scene, _ names: [(name: String, flags: String)]) throws -> String {
        let file = scene.top.appending(component: "trail.jsonl")
        let lines = names.map { name, flags in
            "{\"time\":\"t\",\"vm\":\"web01\",\"generation\":1,\"event\":\"refused\",\"stage\":\"policy\","
                + "\"name\":\"\(scene.name(name))\",\"flags\":\"\(flags)\",\"result\":\"refused\"}\n"
        }
        try Data(lines.joined().utf8).write(to: file)
        return file.path
    }

    @Test func `rules are written, and the old file is kept`() throws {
        let scene = try Scene()
        let before = try String(contentsOfFile: scene.policy, encoding: .utf8)
        let trail = try trail(scene, [("new.raw", "O_RDWR"), ("base/golden.qcow2", "O_RDWR")])
        let run = try Program.openhook("learn", trail, "--policy", scene.policy, "--yes")
        #expect(run.status == 0)
        #expect(run.errors == "")
        #expect(
            scene.shortened(run.output).hasSuffix(
                """
                replayed 2 requests: all that was granted still is, nothing else is added
                wrote TOP/vm.policy: 2 rules
                the old one is TOP/vm.policy.orig
                next: openhook check TOP/vm.policy, then reload the server

                """))
        #expect(try String(contentsOfFile: scene.policy + ".orig", encoding: .utf8) == before)
        let explained = try Program.openhook("explain", scene.policy, scene.name("base/golden.qcow2"), "--access", "rw")
        #expect(explained.status == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: scene.policy)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        // A second time, into a file of its own.
        let other = scene.top.appending(component: "other.policy").path
        let again = try Program.openhook("learn", trail, "--policy", scene.policy + ".orig", "--yes", "-o", other)
        #expect(again.status == 0)
        #expect(
            try String(contentsOfFile: other, encoding: .utf8) == String(contentsOfFile: scene.policy, encoding: .utf8))
        let taken = try Program.openhook("learn", trail, "--policy", scene.policy + ".orig", "--yes", "-o", other)
        #expect(taken.status == 3)
        #expect(
            scene.shortened(taken.errors)
                == "openhook: TOP/other.policy: it is there already: name a file that is not, or move that one away\n")
        // Nothing is proposed that could not be written.
        #expect(taken.output == "")
    }

    @Test func `a link that leads nowhere is in the way of an output as well`() throws {
        let scene = try Scene()
        let link = scene.top.appending(component: "link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/nowhere")
        let run = try Program.openhook(
            "learn", try trail(scene, [("new.raw", "O_RDWR")]), "--policy", scene.policy, "--yes", "-o", link)
        #expect(run.status == 3)
        #expect(run.output == "")
    }

    @Test(arguments: ["", "\n\n", "openhook 1\nvm web01\n", "{\"vm\":\"web01\"}\n"])
    func `what has no audit record in it is no trail`(text: String) throws {
        let scene = try Scene()
        let file = scene.top.appending(component: "trail.jsonl").path
        try Data(text.utf8).write(to: URL(filePath: file))
        let run = try Program.openhook("learn", file, "--policy", scene.policy)
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(scene.shortened(run.errors) == "openhook: TOP/trail.jsonl: there is no audit record in it\n")
        let json = try Program.openhook("learn", file, "--policy", scene.policy, "--json")
        #expect(json.status == 2)
        #expect(
            scene.shortened(json.output)
                == #"{"answer":"none","file":"TOP/trail.jsonl","reason":"there is no audit record in it"}"# + "\n")
    }

    @Test func `one record is one record, and what is none does not count`() throws {
        let scene = try Scene()
        let trail = try trail(scene, [("base/private/x", "O_RDONLY")])
        let text = try String(contentsOfFile: trail, encoding: .utf8)
        try Data((text + "no record\n").utf8).write(to: URL(filePath: trail))
        let run = try Program.openhook("learn", trail, "--policy", scene.policy)
        #expect(run.status == 0)
        #expect(
            run.output.hasPrefix(
                """
                1 record: 0 granted as before, 0 names lack a rule
                note: lines that are no audit records, the first is line 2: 1

                """), "\(run.output)")
    }

    /// `script` of util-linux gives it a terminal.
    private func learnOnTerminal(_ scene: Scene, _ trail: String, keys: String) throws -> Program.Run {
        let command = "\(Program.product("openhook")) learn \(trail) --policy \(scene.policy) --patterns"
        return try Program.run(
            "/usr/bin/env", ["script", "--quiet", "--return", "--command", command, "/dev/null"],
            input: Data(keys.utf8), environment: ["COLUMNS": "160"])
    }

    @Test(.enabled(if: Program.exists("script")))
    func `a policy that would not do what it promises is not written`() throws {
        let scene = try Scene()
        let before = try Data(contentsOf: URL(filePath: scene.policy))
        // One is asked for in another way, so that it is no part of the pattern, and the pattern grants it all the same.
        let names = ["one.q", "two.q", "three.q"].map { ($0, "O_RDWR") } + [("secret.q", "O_RDONLY")]
        let run = try learnOnTerminal(scene, try trail(scene, names), keys: "p\ns\n")
        #expect(run.status == 1)
        #expect(
            scene.shortened(run.output).replacing("\r\n", with: "\n").hasSuffix(
                """
                  would be granted, and nobody agreed to that: ro TOP/images/secret.q (line 4 of the trail)
                openhook: nothing is written: the changed policy would not do what it promises

                """), "\(run.output)")
        #expect(try Data(contentsOf: URL(filePath: scene.policy)) == before)
    }

    @Test func `where nobody can be asked nothing is written`() throws {
        let scene = try Scene()
        let before = try String(contentsOfFile: scene.policy, encoding: .utf8)
        let run = try Program.openhook("learn", try trail(scene, [("new.raw", "O_RDWR")]), "--policy", scene.policy)
        #expect(run.status == 1)
        #expect(
            run.errors == """
                openhook: this is no terminal, so nobody can be asked: --yes agrees to all of it
                openhook: nothing is written

                """)
        #expect(try String(contentsOfFile: scene.policy, encoding: .utf8) == before)
    }

    /// `script` of util-linux gives it a terminal.
    @Test(
        .enabled(if: Program.exists("script")),
        arguments: [
            ("a\ns\n", 0, ["    allow rw new.raw"]), ("r\nd\n", 0, ["    allow ro new.raw", "    deny rw more.raw"]),
            ("s\n\n", 1, []), ("a\nq\n", 1, []), ("x\na\nf\n", 0, ["    allow rw new.raw"]),
        ])
    func `each proposal is asked about on a terminal`(row: (keys: String, status: Int32, added: [String])) throws {
        let scene = try Scene()
        let before = try String(contentsOfFile: scene.policy, encoding: .utf8)
        let trail = try trail(scene, [("new.raw", "O_RDWR"), ("more.raw", "O_RDWR")])
        let command = "\(Program.product("openhook")) learn \(trail) --policy \(scene.policy)"
        let run = try Program.run(
            "/usr/bin/env", ["script", "--quiet", "--return", "--command", command, "/dev/null"],
            input: Data(row.keys.utf8))
        #expect(run.status == row.status, "\(run.output)")
        let after = try String(contentsOfFile: scene.policy, encoding: .utf8)
        let added = after.split(separator: "\n").filter { !before.split(separator: "\n").contains($0) }.map(String.init)
        #expect(added == row.added)
    }

    @Test func `a trail that is no file is refused`() throws {
        let scene = try Scene()
        let run = try Program.openhook("learn", "/dev/stdin", "--policy", scene.policy)
        #expect(run.status == 3)
        #expect(
            run.errors
                == "openhook: /dev/stdin: it is read twice, so it must be a file: put the records into one first\n")
    }
}
