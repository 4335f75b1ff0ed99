import HookLinux
import SystemPackage
import TestSupport
import Testing

/// What a `learn` statement lets through, and what it never does.
struct LearnTests {
    private static let create = OpenFlag.readWrite | OpenFlag.create

    static let refused = [
        Attack(
            "past a deny", rules: "learn rw **\ndeny rw disk", name: "TOP/images/disk",
            .refused(.permissionDenied, "policy", "denies rw")),
        Attack(
            "past a deny of writing", rules: "learn rw **\nallow ro disk\ndeny wo disk", name: "TOP/images/disk",
            .refused(.permissionDenied, "policy", "denies wo")),
        Attack(
            "writing where reading is learned", rules: "learn **", name: "TOP/images/disk",
            .refused(.permissionDenied, "policy", "no rule grants anything on")),
        Attack(
            "a creation where opening is learned", rules: "learn rw **", name: "TOP/images/new", flags: create,
            .refused(.permissionDenied, "create", "does not create")),
        Attack(
            "a creation where a rule grants and opening is learned", rules: "allow rw new\nlearn rw **",
            name: "TOP/images/new", flags: create, .refused(.permissionDenied, "create", "does not create")),
        Attack(
            "a file with two names", rules: "learn rw **", name: "TOP/images/disk",
            .refused(.permissionDenied, "object", "the file has 2 names")
        ) { try $0.hardLink("images/second", to: "images/disk") },
        Attack(
            "a FIFO", rules: "learn rw **", name: "TOP/images/pipe",
            .refused(.permissionDenied, "object", "the object is a FIFO")
        ) { try $0.fifo("images/pipe") },
        Attack(
            "a symbolic link", rules: "learn rw **", name: "TOP/images/link",
            .refused(.tooManySymbolicLinkLevels, "resolve", "a symbolic link is on the way")
        ) { try $0.symlink("images/link", to: "disk") },
        Attack(
            "outside of the pattern", rules: "learn rw sub/**", name: "TOP/images/disk",
            .refused(.permissionDenied, "policy", "no rule grants anything on")),
    ]

    @Test(arguments: refused)
    func `learning never goes`(attack: Attack) throws { try attack.run() }

    @Test(arguments: [
        ("a name without a rule", "learn rw **", "images/disk"),
        ("more than a rule grants", "allow ro disk\nlearn rw **", "images/disk"),
        ("a link's name, to a name that is granted", "allow rw disk\nlearn rw link symlinks", "images/link"),
        ("the name that a link leads to", "allow rw link\nlearn rw disk", "images/link"),
    ])
    func `what is let through is recorded as would-deny`(row: (what: String, rules: String, name: String)) throws {
        let scene = try Scene { try $0.symlink("images/link", to: "disk") }
        let rules = row.rules.replacing(" symlinks", with: "")
        let server = try scene.serve(rules, clauses: "symlinks inside")
        let answer = try server.connect().open(scene.top.path(row.name), OpenFlag.readWrite)
        #expect(answer.file != nil)
        #expect(try server.records().contains { $0.event == "would-deny" })
        #expect(try !server.records().contains { $0.event == "opened" })
    }

    @Test(arguments: [("no rule", ""), ("a rule without `create`", "allow rw new\n")])
    func `learn create lets a missing file be made`(row: (what: String, rule: String)) throws {
        let scene = try Scene()
        let server = try scene.serve(row.rule + "learn rw create **")
        let answer = try server.connect().open(scene.name("new"), Self.create)
        #expect(answer.file != nil)
        #expect(
            try server.records().map(\.event).filter { $0 != "handed-over" } == ["started", "creating", "would-deny"])
    }
}
