import HookPolicy
import HookServer
import PolicyTestSupport
import TestSupport
import Testing

@testable import HookAuthoring

struct LearnTests {
    private static let original = """
        # web01
        root images /srv/images {
            # The disk.
            allow rw web01.qcow2
            allow ro base/a.qcow2
            allow ro base/b.qcow2     # b
            allow rw data/"odd".raw
            allow rw snapshots/one.qcow2 create
            allow wo log/serial.log
            deny  rw base/private
        }
        allow rw /dev/shm/mem0
        allow ro /usr/share/OVMF/CODE.fd

        """.replacing("data/\"odd\".raw", with: "\"data/odd name\\n\\x1B.raw\"")

    private static let names =
        [
            "web01.qcow2", "base/a.qcow2", "base/b.qcow2", "data/odd name\n\u{1B}.raw", "snapshots/one.qcow2",
            "log/serial.log",
        ].map { "/srv/images/" + $0 } + ["/dev/shm/mem0", "/usr/share/OVMF/CODE.fd", "/srv/images/base/private/x"]

    @Test(arguments: [0, 1, 2, 3])
    func `from a log of a run with half of the rules taken out the original's accesses are restored`(
        half: Int
    ) throws {
        let original = try policy(Self.original)
        let lines = Self.original.split(separator: "\n", omittingEmptySubsequences: false)
        var number = 0
        let kept = lines.filter { line in
            guard line.contains("allow") else { return true }
            number += 1
            return (number + half).isMultiple(of: 2) != (half < 2)
        }
        let poorer = try policy(kept.joined(separator: "\n"))
        var trail: [String] = []
        for name in Self.names.map({ Array($0.utf8) }) {
            for access in Access.allCases where original.decide(name.span, access).grantingRule != nil {
                trail.append(
                    Trail.line(name, access, by: poorer).replacing("\n", with: "\\n").replacing(
                        "\u{1B}", with: "\\u001b"))
            }
            if name.contains(Array("snapshots".utf8)) {
                trail.append(Trail.line(name, .readWrite, creating: true, by: poorer))
            }
        }
        let learned = try Self.learn(trail, poorer)
        for name in Self.names.map({ Array($0.utf8) }) {
            for access in Access.allCases {
                let (before, after) = (original.decide(name.span, access), learned.decide(name.span, access))
                #expect((before.grantingRule == nil) == (after.grantingRule == nil), "\(escaped(name)) \(access.word)")
                #expect(
                    before.grantingRule.map { original.rules[$0].creation != nil }
                        == after.grantingRule.map { learned.rules[$0].creation != nil })
            }
        }
        // Exactly: over all names, but for those that nobody asked for.
        #expect(try PolicyDifference(from: original, to: learned).changes.map(\.words) == [])
    }

    private static func learn(_ lines: [String], _ policy: Policy) throws -> Policy {
        let trail = try Trail(lines)
        let session = try LearnSession(trail.log(), policy, within: [], .never)
        #expect(session.reading.defects == 0)
        #expect(session.byHand.isEmpty)
        return try session.outcomeOfEverything().policy
    }

    @Test func `comments and layout stay, and rules are put where they belong`() throws {
        let poor = try policy(
            "root a /a { # A\n\n\tallow ro x   # x\n\t# end\n}\n  root b /b {\n  }\nallow rw /c/d # last")
        let trail = try Trail(
            [("/a/x", Access.readWrite), ("/a/y", .readOnly), ("/b/z", .writeOnly), ("/c/e", .readWrite)]
                .map { Trail.line(Array($0.utf8), $1, by: poor) })
        let outcome = try LearnSession(trail.log(), poor, within: [], .never).outcomeOfEverything()
        #expect(
            String(decoding: outcome.text, as: UTF8.self) == """
                openhook 1
                vm web01
                root a /a { # A

                \tallow rw x   # x
                \t# end
                \tallow ro y
                }
                  root b /b {
                    allow wo z
                  }
                allow rw /c/d # last
                allow rw /c/e

                """)
        #expect(outcome.replayed == 4)
    }

    @Test func `what a deny, a label or a kind refused gets an explanation and no rule`() throws {
        let policy = try policy("allow rw /a/**\ndeny rw /a/private\n")
        let granted = Trail.line(Array("/a/x".utf8), .readWrite, by: policy)
        let refused = { (stage: String, name: String) in
            granted.replacing("\"opened\"", with: "\"refused\",\"stage\":\"\(stage)\",\"reason\":\"because\"")
                .replacing("/a/x", with: name)
        }
        let trail = try Trail([
            refused("label", "/a/x"), refused("label", "/a/x"), refused("object", "/a/y"),
            Trail.line(Array("/a/private/z".utf8), .readOnly, by: policy),
            "{\"time\":\"t\",\"vm\":\"web01\",\"generation\":1,\"event\":\"connection-refused\",\"reason\":\"who?\"}",
        ])
        let session = try LearnSession(trail.log(), policy, within: [], .never)
        #expect(session.items.isEmpty)
        let told = session.wishes.obstacles.map { "\($0.count) \($0.stage) \(escaped($0.name)): \($0.reason)" }
        #expect(
            told == [
                "2 label /a/x: because", "1 object /a/y: because", "1 policy /a/private/z: vm.policy:4 denies rw",
                "1 peer : who?",
            ])
    }

    @Test func `what lies where no VM has files is never proposed`() throws {
        let policy = try policy("")
        let names = ["/etc/shadow", "/dev/mem", "/proc/1/mem", "/usr/bin/qemu", "/srv/x"]
        let trail = try Trail(names.map { Trail.line(Array($0.utf8), .readWrite, by: policy) })
        let session = try LearnSession(trail.log(), policy, within: [], .never)
        #expect(session.items.map { escaped($0.wish.name) } == ["/srv/x"])
        let told = session.byHand.map { work in
            if case .systemName(let objection) = work.reason { "\(escaped(work.wish.name)) \(objection)" } else { "?" }
        }
        #expect(
            told == [
                "/etc/shadow lies in /etc, where no VM has files", "/dev/mem is the memory of the host",
                "/proc/1/mem lies in /proc, where no VM has files", "/usr/bin/qemu lies in /usr, where no VM has files",
            ])
    }

    // MARK: O_CREAT

    private static let head = "{\"time\":\"t\",\"vm\":\"web01\",\"generation\":1,\"event\":"

    private func record(_ event: String, _ request: Int, stage: String? = nil) -> String {
        Self.head + "\"\(event)\",\"request\":\(request)," + (stage.map { "\"stage\":\"\($0)\"," } ?? "")
            + "\"name\":\"/a/log.txt\",\"flags\":\"O_WRONLY|O_CREAT|O_APPEND\",\"access\":\"wo\"}"
    }

    @Test func `who asks with O_CREAT for a file that is there needs no create`() throws {
        let policy = try policy("allow wo /a/log.txt\n")
        let trail = try Trail([
            record("opened", 1), record("refused", 2, stage: "label"), record("creating", 3),
            Self.head + "\"started\"}", record("opened", 3),
        ])
        let session = try LearnSession(trail.log(), policy, within: [], .never)
        #expect(session.items.isEmpty && session.byHand.isEmpty)
        #expect(session.wishes.grantedCount == 2)
        #expect(session.wishes.obstacles.map(\.stage) == ["label"])
    }

    @Test(arguments: [
        ("learn rw create /a/**\n", ["opened 1", "would-deny 2"], "allow wo /a/log.txt"),
        ("learn rw create /a/**\n", ["creating 2", "opened 1", "would-deny 2"], "allow wo /a/log.txt create"),
        ("learn rw /a/**\n", ["would-deny 1"], "allow wo /a/log.txt"),
        ("", ["refused 1"], "allow wo /a/log.txt create"),
    ])
    func `create is proposed where a file was made, or asked for in vain`(
        row: (rules: String, records: [String], line: String)
    ) throws {
        let policy = try policy(row.rules)
        let trail = try Trail(
            row.records.map { text in
                let words = text.split(separator: " ")
                return record(String(words[0]), Int(words[1]) ?? 0, stage: words[0] == "refused" ? "policy" : nil)
            })
        let session = try LearnSession(trail.log(), policy, within: [], .never)
        #expect(session.items.map { escaped($0.allow.suggestion.line) } == [row.line])
    }

    // MARK: What is no open

    @Test func `every record that a server can write is read`() throws {
        let trail = try Trail([WrittenRecords.text(of: WrittenRecords.ofEveryKind)])
        let session = try LearnSession(trail.log(), try policy(""), within: [], .never)
        #expect(session.reading.lines > 200)
        #expect(session.reading.defects == 0)
        #expect(session.items.map { escaped($0.wish.name) } == ["/srv/x"])
        #expect(session.wishes.lookCount == 3)
    }

    @Test(arguments: [
        (
            "unlink", "allow rw /a/x\n",
            "if the VM is to take the name away: write instead of vm.policy:3: allow rw /a/x delete"
        ),
        (
            "rename", "allow rw /a/*\n",
            "if the VM is to take the name away: add to vm.policy after line 3: allow rw /a/x delete"
        ),
        ("unlink", "", "if the VM is to take the name away: add to vm.policy after line 2: allow rw /a/x delete"),
        (
            "rename", "allow rw /a/x delete\n",
            "if it is meant: the rules for both names need `delete`, and that for the new one `create`"
        ),
        ("mkdir", "", "the broker does this for nobody: no rule lifts it"),
        ("connect", "", "if the socket is this VM's: `own socket /a/x`"),
    ])
    func `what is no open and was refused says what to do`(
        row: (operation: String, rules: String, advice: String)
    ) throws {
        let policy = try policy(row.rules)
        let line =
            Self.head + "\"refused\",\"stage\":\"policy\",\"reason\":\"no\","
            + "\"operation\":\"\(row.operation)\",\"name\":\"/a/x\",\"result\":\"refused\"}"
        let trail = try Trail([line])
        let session = try LearnSession(trail.log(), policy, within: [], .never)
        #expect(session.reading.defects == 0)
        #expect(session.items.isEmpty)
        #expect(session.wishes.obstacles.map(\.advice) == [row.advice])
    }

    @Test func `nothing is proposed outside of the directories to learn about`() throws {
        let policy = try policy("allow rw /a/x\n")
        let trail = try Trail(["/a/y", "/ab/y", "/b"].map { Trail.line(Array($0.utf8), .readOnly, by: policy) })
        let within = try #require(AbsolutePath("/a"))
        let session = try LearnSession(trail.log(), policy, within: [within], .never)
        #expect(session.items.map { escaped($0.wish.name) } == ["/a/y"])
        #expect(session.wishes.outsideCount == 2)
    }

    @Test func `what a learn statement let through gets a rule of its own`() throws {
        let policy = try policy("learn rw create /a/**\n")
        let trail = try Trail([
            Trail.line(Array("/a/y".utf8), .readWrite, by: policy),
            Trail.line(Array("/a/z".utf8), .readOnly, by: policy),
        ])
        let outcome = try LearnSession(trail.log(), policy, within: [], .never).outcomeOfEverything()
        #expect(
            String(decoding: outcome.text, as: UTF8.self)
                == "openhook 1\nvm web01\nlearn rw create /a/**\nallow rw /a/y\nallow ro /a/z\n")
    }

    // MARK: Patterns

    @Test(arguments: [
        (["/a/s1.q", "/a/s2.q", "/a/s3.q"], ["allow rw /a/s[0-9].q"]),
        (["/a/s1.q", "/a/s2.q", "/a/s10.q"], ["allow rw /a/s*.q"]),
        (["/a/s1.q", "/a/s2.q"], []),
        (["/a/one.q", "/a/two.q", "/a/three.q"], ["allow rw /a/*.q"]),
        (["/a/one/disk", "/a/two/disk", "/a/three/disk"], ["allow rw /a/*/disk"]),
        (["/a/x", "/a/y", "/a/z"], []),
        (["/a/s1.q", "/a/s2.q", "/a/s3.q", "/a/one.q", "/a/two.q"], ["allow rw /a/s[0-9].q"]),
    ])
    func `a pattern is proposed where three names differ in one place`(row: (names: [String], lines: [String])) throws {
        let policy = try policy("")
        let trail = try Trail(row.names.map { Trail.line(Array($0.utf8), .readWrite, by: policy) })
        let session = try LearnSession(trail.log(), policy, within: [], .proposed)
        #expect(session.patterns.map { escaped($0.suggestion.line) } == row.lines)
        #expect(try LearnSession(trail.log(), policy, within: [], .never).patterns.isEmpty)
    }

    // MARK: The replay

    @Test func `a policy that would grant what nobody agreed to is refused`() throws {
        let policy = try policy("")
        let names = ["/a/one.q", "/a/two.q", "/a/three.q", "/a/secret.q"]
        var lines = names.map { Trail.line(Array($0.utf8), .readWrite, by: policy) }
        // Asked for in another way, so that it is no part of the pattern.
        lines[3] = Trail.line(Array("/a/secret.q".utf8), .readOnly, by: policy)
        let trail = try Trail(lines)
        let session = try LearnSession(trail.log(), policy, within: [], .proposed)
        #expect(session.patterns.count == 1)
        var decisions = LearnSession.Decisions()
        decisions.allowed = session.patterns
        let (violations, count) = session.violations(of: decisions)
        #expect(count == 1)
        #expect(violations == ["unasked /a/secret.q 4"])
    }

    @Test func `a policy that would take away or not give is told`() throws {
        let old = try policy("allow rw /a/x\n")
        let new = try policy("allow ro /a/x\nlearn rw /a/y\n")
        let wish = Wish(
            name: Array("/a/y".utf8), access: .readWrite, creates: false, count: 1, line: 2, time: nil, peerPid: nil,
            isLearned: false)
        let promise = try #require(Proposal(wish, in: old))
        var replay = LearnReplay(from: old, to: new, promises: [promise], denied: [])
        let trail = try Trail(["/a/x", "/a/y"].map { Trail.line(Array($0.utf8), .readWrite, by: old) })
        _ = try trail.log().read { replay.note($0) }
        #expect(replay.violations.map { "\($0.kind) \(escaped($0.name))" } == ["lost /a/x", "notGranted /a/y"])
    }

    @Test func `a deny takes away no more than was asked for`() throws {
        let policy = try policy("allow ro /a/x\n")
        let trail = try Trail([
            Trail.line(Array("/a/x".utf8), .readOnly, by: policy),
            Trail.line(Array("/a/x".utf8), .readWrite, by: policy),
            Trail.line(Array("/a/y".utf8), .readWrite, by: policy),
        ])
        let session = try LearnSession(trail.log(), policy, within: [], .never)
        var decisions = LearnSession.Decisions()
        decisions.denied = session.items.compactMap(\.deny)
        let outcome = try session.outcome(of: decisions)
        #expect(
            String(decoding: outcome.text, as: UTF8.self)
                == "openhook 1\nvm web01\nallow ro /a/x\ndeny wo /a/x\ndeny rw /a/y\n")
    }
}
