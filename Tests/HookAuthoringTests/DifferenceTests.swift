import HookPolicy
import Testing

@testable import HookAuthoring

/// What is said of single differences.
struct DifferenceTests {
    @Test(arguments: [
        ("the same in other words", "allow rw /a/b\n", "root r /a {\n allow rw b\n}\n", []),
        ("a rule that another one covers", "allow rw /a/*\n", "allow rw /a/*\nallow rw /a/b\n", []),
        ("a new name", "", "allow rw /a\n", ["more rw"]),
        ("more access", "allow ro /a\n", "allow rw /a\n", ["more rw (was ro)"]),
        ("another access", "allow ro /a\n", "allow wo /a\n", ["more wo (was ro)", "less wo (was ro)"]),
        ("a rule that narrows a pattern", "allow rw /a/*\n", "allow rw /a/*\nallow ro /a/b\n", ["less ro (was rw)"]),
        ("a deny less", "allow rw /a/**\ndeny wo /a/b\n", "allow rw /a/**\n", ["more rw (was ro)"]),
        ("a tie", "allow rw /a/*b\n", "allow rw /a/*b\nallow rw /a/?b\n", ["less rw"]),
        ("creation", "allow rw /a\n", "allow rw /a create\n", ["more create"]),
        ("a mode", "allow rw /a create\n", "allow rw /a create mode 0640\n", ["more mode 0640 (was 0600)"]),
        ("a limit", "allow rw /a create\n", "allow rw /a create limit 4\n", ["less limit 4 (was none)"]),
        ("a kind", "allow rw /a kind block\n", "allow rw /a kind block char\n", ["more kind char"]),
        ("hard links", "allow rw /a hardlinks allow\n", "allow rw /a\n", ["less hardlinks allow"]),
        ("links", "allow rw /a\n", "allow rw /a symlinks follow\n", ["more symlinks follow (was none)"]),
        (
            "a label", "allow rw /a label u:r:t:s0\n", "allow rw /a label u:r:t:s1\n",
            ["otherwise label u:r:t:s1 (was u:r:t:s0)"]
        ),
        (
            "an owner", "allow rw /a create\n", "allow rw /a create owner u\n",
            ["otherwise owner u (was the server's own)"]
        ),
        (
            "a file system", "root r /a {\n filesystem nfs\n allow rw b\n}\n", "root r /a {\n allow rw b\n}\n",
            ["more filesystem any (was nfs)"]
        ),
        ("what is learned", "", "learn /a\n", ["more ro"]),
        ("SELinux", "selinux require\n", "selinux off\n", ["more selinux off (was require)"]),
        ("anyone", "peer uid 0\n", "peer any\n", ["more peer any (was uid 0)"]),
        ("one peer more", "peer uid 0\n", "peer uid 0\npeer uid 1\n", ["more peer uid 0, uid 1 (was uid 0)"]),
        ("a peer's type as well", "peer uid 0\n", "peer uid 0\npeer type t\n", ["less peer type t, uid 0 (was uid 0)"]),
        ("a label of the type", "peer type t\n", "peer label u:r:t:s0\n", ["less peer label u:r:t:s0 (was type t)"]),
        ("a rate", "rate 10 burst 20\n", "rate off\n", ["more rate off (was 10 burst 20)"]),
        (
            "what QEMU may do itself", "own ro /usr\n", "own ro /usr/lib\nown rw /tmp\n",
            ["more own rw /tmp", "less own ro /usr"]
        ),
        ("io_uring", "", "io_uring allow\n", ["more io_uring allow"]),
    ])
    func `a difference is said in terms of access`(
        row: (what: String, old: String, new: String, changes: [String])
    ) throws {
        let difference = try PolicyDifference(from: try policy(row.old), to: try policy(row.new))
        #expect(difference.changes.map { "\($0.direction) \($0.words)" } == row.changes)
        #expect(difference.grantsMore == row.changes.contains { !$0.hasPrefix("less") })
    }

    @Test func `policies that are too entangled are not compared`() throws {
        let policy = try policy("allow rw /a/**\n")
        #expect(throws: NameComparison.Failure.tooComplex) { try NameComparison(policy, policy, work: 3) }
    }

    @Test func `ten thousand names are compared`() throws {
        let rules = (0..<10_000).map { "allow rw /srv/images/vm-\($0).qcow2\n" }
        let difference = try PolicyDifference(
            from: try policy(rules.joined()), to: try policy(rules.dropFirst().joined()))
        #expect(difference.changes.count == 1)
    }
}
