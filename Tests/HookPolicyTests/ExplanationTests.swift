import HookPolicy
import Testing

private let text = """
    openhook 1
    vm web01
    root r /srv {
        allow ro base/*.raw kind file block label a:b:c
        allow rw a create
        allow rw {b,c}
        deny rw secret
        allow rw t/*a create owner joe:kvm limit 3
        allow ro t/?a
    }
    allow ro /x   # why
    learn /l/**
    allow wo /w kind char
    """

struct ExplanationTests {
    typealias Row = (
        what: String, name: String, access: Access, purpose: Bool, reason: String, suggestion: String?
    )

    private static let rows: [Row] = [
        ("what is granted", "/srv/base/x.raw", .readOnly, false, "vm.policy:4 grants ro", nil),
        (
            "too little by a pattern", "/srv/base/x.raw", .readWrite, false, "vm.policy:4 grants ro, rw was asked",
            "add to vm.policy after line 9, in root `r`: allow rw base/x.raw kind file block label a:b:c"
        ),
        (
            "too little by a pattern, and a creation", "/srv/base/x.raw", .readWrite, true,
            "vm.policy:4 grants ro, rw was asked",
            "add to vm.policy after line 9, in root `r`: allow rw base/x.raw create kind file block label a:b:c"
        ),
        (
            "a creation that a pattern does not allow", "/srv/base/x.raw", .readOnly, true,
            "vm.policy:4 grants ro, but does not create: it has no `create`",
            "add to vm.policy after line 9, in root `r`: allow ro base/x.raw create kind file block label a:b:c"
        ),
        ("a creation that is granted", "/srv/a", .readWrite, true, "vm.policy:5 grants rw", nil),
        (
            "a creation by one of several alternatives", "/srv/b", .readWrite, true,
            "vm.policy:6 grants rw, but does not create: it has no `create`", nil
        ),
        ("a denial", "/srv/secret/x", .readOnly, false, "vm.policy:7 denies rw", nil),
        (
            "a tie", "/srv/t/xa", .readOnly, true,
            "vm.policy:8 and vm.policy:9 tie: neither is more specific than the other",
            "add to vm.policy after line 9, in root `r`: allow ro t/xa create"
        ),
        (
            "too little by a name", "/x", .readWrite, false, "vm.policy:11 grants ro, rw was asked",
            "write instead of vm.policy:11: allow rw /x"
        ),
        (
            "reading what is written", "/w", .readOnly, false, "vm.policy:13 grants wo, ro was asked",
            "write instead of vm.policy:13: allow rw /w kind char"
        ),
        (
            "a creation of a device", "/w", .writeOnly, true,
            "vm.policy:13 grants wo, but does not create: it has no `create`", nil
        ),
        (
            "an unlisted name in a root", "/srv/ new $file", .readOnly, false,
            "no rule grants anything on /srv/ new $file",
            "add to vm.policy after line 9, in root `r`: allow ro \" new \\x24file\""
        ),
        (
            "an unlisted name outside any root", "/etc/\n", .writeOnly, true,
            "no rule grants anything on /etc/\\x0A",
            "add to vm.policy after line 13: allow wo \"/etc/\\n\" create"
        ),
        (
            "what is learnt", "/l/a", .readOnly, false,
            "no rule grants anything on /l/a; vm.policy:12 (learn) lets it through",
            "add to vm.policy after line 13: allow ro /l/a"
        ),
        (
            "a creation that is not learnt", "/l/a", .readOnly, true,
            "no rule grants anything on /l/a; vm.policy:12 (learn) would let it be opened, but not created",
            "add to vm.policy after line 13: allow ro /l/a create"
        ),
        ("the directory of all", "/", .readOnly, false, "no rule grants anything on /", nil),
        ("a name that is not clean", "/a//b", .readOnly, false, "no rule grants anything on /a//b", nil),
    ]

    @Test(arguments: rows)
    func `a verdict is explained`(row: Row) throws {
        let policy = try #require(parse(text).policy)
        let verdict = policy.decide(row.name, row.access)
        let explanation = policy.explain(
            verdict, name: bytes(row.name), access: row.access, creating: row.purpose)
        #expect(explanation.reason == row.reason)
        #expect(explanation.suggestion.map { policy.describe($0) } == row.suggestion)
    }

    @Test func `the deepest root is the place for a new rule`() throws {
        let policy = try policy("root a /srv {\n}\nroot b /srv/x {\n}\nroot c /srv/x {\n}\n")
        let explanation = policy.explain(.unlisted, name: bytes("/srv/x/y"), access: .readOnly, creating: false)
        #expect(explanation.suggestion?.root == 1)
        #expect(explanation.suggestion?.line == bytes("allow ro y"))
        #expect(explanation.suggestion?.place == .after(file: 0, line: 5))
    }

    @Test func `a name too long for a line has no suggestion`() throws {
        let name = bytes("/") + [UInt8](repeating: 1, count: 3000)
        let explanation = try policy("").explain(.unlisted, name: name, access: .readOnly, creating: false)
        #expect(explanation.suggestion == nil)
    }
}
