import HookPolicy
import Testing

struct RuleTests {
    @Test func `clauses are read`() throws {
        let policy = try policy(
            """
            allow wo /a/* create mode 640 owner joe:kvm limit 7 delete kind file char label u:r:t:s0:c1,c2 hardlinks allow
            """)
        let rule = policy.rules[0]
        #expect(rule.access == .writeOnly)
        #expect(rule.creation?.mode == 0o640)
        #expect(rule.creation?.owner?.user == bytes("joe"))
        #expect(rule.creation?.owner?.group == bytes("kvm"))
        #expect(rule.creation?.limit == 7)
        #expect(rule.deletion == .allowed)
        #expect(rule.kinds == [.file, .char])
        #expect(rule.label?.context(level: nil) == bytes("u:r:t:s0:c1,c2"))
        #expect(rule.hardLinks == .allowed)
        #expect(rule.onlyDirectory == AbsolutePath("/a"))
    }

    @Test func `what is not said has its default`() throws {
        let rule = try policy("allow ro /a/b create\n").rules[0]
        #expect(rule.creation?.mode == 0o600)
        #expect(rule.creation?.owner == nil)
        #expect(rule.creation?.limit == nil)
        #expect(rule.deletion == .refused)
        #expect(rule.kinds == .file)
        #expect(rule.label == nil)
        #expect(rule.symlinks == .none)
        #expect(rule.hardLinks == .refused)
        #expect(try policy("allow ro /a/b\n").rules[0].creation == nil)
    }

    @Test func `a rule's own symlinks replace the root's, which may stand below it`() throws {
        let rules = try policy("root r /a {\nallow ro b\nallow ro c symlinks none\nsymlinks inside\n}\n").rules
        #expect(rules.map(\.symlinks) == [.inside, .none])
    }

    @Test func `learning creates only where it says so`() throws {
        let rules = try policy("learn /a/*\nlearn rw create /b/*\nlearn create \"/c\"\n").rules
        #expect(rules.map(\.verb) == [.learn, .learn, .learn])
        #expect(rules.map(\.access) == [.readOnly, .readWrite, .readOnly])
        #expect(rules.map { $0.creation != nil } == [false, true, true])
    }

    @Test(arguments: [
        ("a pattern in one directory", "/a/b/*", "/a/b"),
        ("a name", "/a/b/c", "/a/b"),
        ("alternatives in one directory", "/a/{b,c*}", "/a"),
        ("a pattern over directories", "/a/*/b", nil),
        ("`**`", "/a/b**", nil),
        ("alternatives in two directories", "/a/{b,c}/d", nil),
    ])
    func `the one directory of a rule is known`(row: (what: String, pattern: String, directory: String?)) throws {
        let rule = try policy("allow ro \(row.pattern)\n").rules[0]
        #expect(rule.onlyDirectory == row.directory.flatMap { AbsolutePath($0) })
    }

    @Test func `alternatives are no exact name`() throws {
        let rules = try policy("allow ro /a/{b,c}\nallow ro /b/{c,c}\nallow ro /d/e\n").rules
        #expect(rules.map { $0.exactName != nil } == [false, true, true])
    }

    @Test func `each alternative without wildcards is an exact name`() throws {
        let rules = try policy("deny rw /a/{b,c*,d}\ndeny rw /e\ndeny rw /f*\n").rules
        #expect(rules.map { $0.exactNames.map(\.bytes) } == [[bytes("/a/b"), bytes("/a/d")], [bytes("/e")], []])
    }

    @Test func `places of settings, roots and labels are known`() throws {
        let policy = try policy("directory /srv\nroot r /a {\nlabel u:r:t\nallow ro x label u:r:s\n}\nallow ro /b/*\n")
        #expect(policy.spans.vm == SourceSpan(file: 0, line: 2, column: 1, length: 8))
        #expect(policy.spans.directory == SourceSpan(file: 0, line: 3, column: 1, length: 14))
        #expect(policy.spans.selinux == nil)
        #expect(policy.roots[0].directorySpan == SourceSpan(file: 0, line: 4, column: 8, length: 2))
        #expect(policy.roots[0].label?.span == SourceSpan(file: 0, line: 5, column: 7, length: 5))
        #expect(policy.rules[0].label?.span == SourceSpan(file: 0, line: 6, column: 18, length: 5))
        #expect(policy.roots[1].directorySpan == SourceSpan(file: 0, line: 8, column: 10, length: 4))
        #expect(policy.roots[1].span == SourceSpan(file: 0, line: 8, column: 1, length: 13))
    }

    @Test func `settings are read`() throws {
        let policy = try policy(
            """
            selinux if-enabled
            peer label u:r:t:s0
            peer type a_t
            peer uid 107
            peer gid kvm
            directory /srv/
            rate 7 burst 9
            own ro /usr /lib
            own socket /run/x
            io_uring allow
            """)
        #expect(policy.selinux == .ifEnabled)
        #expect(policy.peers.labels.map(\.context) == [bytes("u:r:t:s0")])
        #expect(policy.peers.types.map(\.type) == [bytes("a_t")])
        #expect(policy.peers.users.map(\.user) == [bytes("107")])
        #expect(policy.peers.groups.map(\.group) == [bytes("kvm")])
        #expect(policy.peers.anyone == nil)
        #expect(!policy.peers.isEmpty)
        #expect(policy.directory == AbsolutePath("/srv"))
        #expect(policy.rate == .limited(perSecond: 7, burst: 9))
        #expect(policy.own.map(\.kind) == [.readOnly, .socket])
        #expect(policy.own[0].paths.map(\.path) == [AbsolutePath("/usr"), AbsolutePath("/lib")])
        #expect(policy.ioUring == .allowed)
        #expect(try HookPolicyTests.policy("rate off\n").rate == .unlimited)
        #expect(try HookPolicyTests.policy("peer any\n").peers.anyone != nil)
        #expect(try HookPolicyTests.policy("").peers.isEmpty)
    }
}
