import HookPolicy
import Testing

struct DecisionTests {
    typealias Row = (what: String, rules: String, name: String, access: Access, verdict: Verdict)

    private static let rows: [Row] = [
        ("no rule", "", "/a", .readOnly, .unlisted),
        ("`rw` covers reading", "allow rw /a", "/a", .readOnly, .granted(0)),
        ("`ro` does not cover both", "allow ro /a", "/a", .readWrite, .insufficient(0)),
        ("`wo` does not cover reading", "allow wo /a", "/a", .readOnly, .insufficient(0)),
        ("`wo` covers writing", "allow wo /a", "/a", .writeOnly, .granted(0)),
        ("an exact name before a pattern", "allow rw /a/*\nallow ro /a/b", "/a/b", .readWrite, .insufficient(1)),
        ("the longer literal beginning", "allow ro /a/**\nallow rw /a/b/**", "/a/b/c", .readWrite, .granted(1)),
        (
            "the longer beginning before more bytes", "allow rw /a/b*\nallow ro /a/*xyz", "/a/bxyz", .readWrite,
            .granted(0)
        ),
        ("more literal bytes", "allow ro /a/*\nallow rw /a/*.raw", "/a/b.raw", .readWrite, .granted(1)),
        (
            "more literal bytes, the other way round", "allow rw /a/*.raw\nallow ro /a/*", "/a/b.raw", .readWrite,
            .granted(0)
        ),
        ("a tie of patterns", "allow ro /a/?b\nallow rw /a/*b", "/a/xb", .readOnly, .tie(0, 1)),
        ("a tie of names", "allow ro /a\nallow wo /a", "/a", .readOnly, .tie(0, 1)),
        ("a tie beside the point", "allow ro /a/?b\nallow rw /a/*b\nallow ro /a/xb", "/a/xb", .readOnly, .granted(2)),
        ("alternatives of one rule do not tie", "allow ro /a/{?b,*b}", "/a/xb", .readOnly, .granted(0)),
        ("`deny` wins over an exact name", "allow rw /a/b\ndeny rw /a/*", "/a/b", .readOnly, .denied(by: 1)),
        ("`deny` wins wherever it stands", "deny rw /a/*\nallow rw /a/b", "/a/b", .readOnly, .denied(by: 0)),
        ("`deny rw` refuses reading", "allow ro /a\ndeny rw /a", "/a", .readOnly, .denied(by: 1)),
        ("`deny wo` leaves reading", "allow rw /a\ndeny wo /a", "/a", .readOnly, .granted(0)),
        ("`deny wo` refuses both", "allow rw /a\ndeny wo /a", "/a", .readWrite, .denied(by: 1)),
        ("`deny` holds beneath a name", "allow rw /a/**\ndeny rw /a/b", "/a/b/c/d", .readOnly, .denied(by: 1)),
        ("`deny` holds beneath a pattern", "allow rw /a/**\ndeny rw /a/b*", "/a/bx/c", .readOnly, .denied(by: 1)),
        ("`deny` stops at a component", "allow rw /a/**\ndeny rw /a/b", "/a/bc", .readOnly, .granted(0)),
        ("`deny` of a pattern stops at a component", "allow rw /a/**\ndeny rw /a/?", "/a/bc", .readOnly, .granted(0)),
        ("`deny` of everything", "allow rw /a\ndeny rw /", "/a", .readOnly, .denied(by: 1)),
        ("the first `deny` is named", "deny rw /a/*\ndeny rw /a", "/a/b", .readOnly, .denied(by: 0)),
        ("the first `deny` is named, exact", "deny rw /a\ndeny rw /a/*", "/a/b", .readOnly, .denied(by: 0)),
        ("`learn` for an unlisted name", "learn /a/**", "/a/b", .readOnly, .learning(0)),
        ("`learn` is read-only", "learn /a/**", "/a/b", .readWrite, .unlisted),
        ("`learn rw`", "learn rw /a/**", "/a/b", .readWrite, .learning(0)),
        ("`learn` for too little", "allow ro /a/b\nlearn rw /a/**", "/a/b", .readWrite, .learning(1)),
        ("`learn` never past a `deny`", "deny rw /a/b\nlearn rw /a/**", "/a/b", .readOnly, .denied(by: 0)),
        ("`learn` does not end a tie", "allow ro /a\nallow wo /a\nlearn rw /a", "/a", .readOnly, .tie(0, 1)),
        ("`learn` does not take over", "allow rw /a/b\nlearn rw /a/**", "/a/b", .readWrite, .granted(0)),
        ("the `learn` that covers", "learn ro /a/b\nlearn rw /a/**", "/a/b", .readWrite, .learning(1)),
        ("rules of a root", "root r /a {\nallow rw b\n}", "/a/b", .readWrite, .granted(0)),
        ("rules of the root `/`", "root r / {\nallow rw b/*\n}", "/b/c", .readWrite, .granted(0)),
        ("`**/` at the beginning of a root", "root r /a {\nallow rw **/c\n}", "/a/c", .readWrite, .granted(0)),
        (
            "two roots of one directory", "root r /a {\nallow ro b\n}\nroot s /a {\nallow ro c\n}", "/a/c", .readOnly,
            .granted(1)
        ),
        ("a name that is not clean", "allow rw /a/**", "/a", .readOnly, .unlisted),
    ]

    @Test(arguments: rows)
    func `a policy decides`(row: Row) throws {
        #expect(try policy(row.rules + "\n").decide(row.name, row.access) == row.verdict)
    }

    @Test(arguments: ["", "a", "a/b", "/", "//", "/a/", "/a/../b", "/a\0b", String(repeating: "/a", count: 5000)])
    func `names that are neither absolute nor clean are decided without harm`(name: String) throws {
        let policy = try policy("allow ro /a/b*\ndeny ro /c\ndeny rw /a/*x\nlearn /x/y\n")
        #expect(policy.decide(name, .readOnly) == .unlisted)
        #expect(policy.denyIndex(realDirectories: []).rule(denying: bytes(name).span, .readOnly) == nil)
    }

    @Test func `a denial alone is told without the rest`() throws {
        let policy = try policy("allow rw /a/**\ndeny wo /a/b\n")
        #expect(policy.denial(of: bytes("/a/b/c").span, .writeOnly) == 1)
        #expect(policy.denial(of: bytes("/a/b/c").span, .readOnly) == nil)
        #expect(policy.denial(of: bytes("/a/c").span, .writeOnly) == nil)
    }

    @Test func `denials are spelled below the directory that a root really is`() throws {
        let policy = try policy("root r /srv/images {\ndeny rw base/private\ndeny wo *.bak\n}\ndeny rw /\n")
        #expect(policy.rules.map(\.root) == [0, 0, 1])
        let index = policy.denyIndex(realDirectories: [bytes("/data"), bytes("/x")])
        #expect(index.rule(denying: bytes("/data/base/private/a").span, .readOnly) == 0)
        #expect(index.rule(denying: bytes("/data/a.bak").span, .readWrite) == 1)
        #expect(index.rule(denying: bytes("/data/a.bak").span, .readOnly) == nil)
        #expect(index.rule(denying: bytes("/srv/images/base/private").span, .readOnly) == nil)
        #expect(index.rule(denying: bytes("/x/y").span, .readOnly) == 2)
        let asWritten = policy.denyIndex(realDirectories: [nil])
        #expect(asWritten.rule(denying: bytes("/srv/images/base/private").span, .readOnly) == 0)
    }

    @Test func `a root that only denies grants nothing`() throws {
        let policy = try policy("deny rw /a/b\nallow ro /c/d\nroot r /e {\ndeny ro x\n}\nlearn /f/g\n")
        #expect(policy.roots.map(\.grants) == [false, true, false, true])
    }
}
