import HookPolicy
import Testing

struct WarningTests {
    private static let covered = "this rule changes nothing: another one covers it"
    private static let hidden = "a `deny` hides this rule"
    private static let tie = "this rule can tie with another one: what both match is refused"
    private static let user =
        "a peer's user alone does not part VMs that run as the same user: add `peer label` or `peer type`"

    private static func shared(_ directory: String) -> String {
        "`\(directory)` is not this VM's alone: QEMU could reach what others have there; name a directory of its own"
    }

    @Test(arguments: [
        ("a name beneath a pattern", "allow ro /a/**\nallow ro /a/b", ["4: \(covered)"]),
        ("a pattern beneath a pattern", "allow ro /a/**\nallow ro /a/b/*.raw", ["4: \(covered)"]),
        ("a pattern of directories", "allow ro /a/**/*.raw\nallow ro /a/b/*.raw", ["4: \(covered)"]),
        ("a class beneath a wildcard", "allow ro /a/?*\nallow ro /a/[bc]*", ["4: \(tie)"]),
        ("alternatives, all of them", "allow ro /a/**\nallow ro /a/{b,c}", ["4: \(covered)"]),
        ("alternatives, one of them", "allow ro /a/b*\nallow ro /a/{bx,c}", []),
        ("a narrower rule is meant", "allow rw /a/**\nallow ro /a/b", []),
        ("a rule in between says otherwise", "allow ro /a/**\nallow rw /a/b*\nallow ro /a/bc", []),
        ("a tie in between", "allow ro /a/?b\nallow ro /a/*b\nallow ro /a/xb", ["4: \(tie)"]),
        ("other clauses", "allow ro /a/**\nallow ro /a/b kind block", []),
        ("the root's label", "root r /a {\nlabel u:r:t\nallow ro b\n}\nallow ro /a/*", []),
        ("a `deny` above a pattern", "deny rw /a/b\nallow ro /a/b/c*", ["4: \(hidden)"]),
        ("a `deny` of the pattern's names", "deny rw /a/*\nallow rw /a/b/c", ["4: \(hidden)"]),
        ("a `deny` of another access", "deny wo /a/b\nallow rw /a/b", []),
        ("a `deny` of the same access", "deny ro /a/b\nallow ro /a/b", ["4: \(hidden)"]),
        ("a `deny` of one alternative", "deny rw /a/b\nallow ro /a/{b,c}", []),
        ("a `deny` of each alternative", "deny rw /a/b\ndeny rw /a/c\nallow ro /a/{b,c}", ["5: \(hidden)"]),
        ("a `deny` that begins alike", "deny rw /a/b\nallow ro /a/bc", []),
        ("the directory `/etc`", "allow ro /etc/*", ["3: a pattern over the system directory `/etc`"]),
        ("the directory `/dev`", "allow ro /dev/vd?", ["3: a pattern over the system directory `/dev`"]),
        ("the directory `/`", "allow ro /e*/x", ["3: a pattern over the system directory `/`"]),
        ("a root `/home`", "root r /home {\nallow ro **/x\n}", ["4: a pattern over the system directory `/home`"]),
        ("a name in a system directory", "allow ro /etc/x", []),
        ("below a system directory", "allow ro /etc/x/*", []),
        (
            "a wildcard behind the VM's name", "allow ro /x/${vm}*",
            ["3: a `*` right after `${vm}`: `web01*` also matches the files of a VM called `web01-2`"]
        ),
        ("a wildcard further on", "allow ro /x/${vm}.*", []),
        ("a `deny` behind the VM's name", "deny rw /x/${vm}*", []),
        ("a user alone", "peer uid joe", ["3: \(user)"]),
        ("a group alone", "peer gid kvm", ["3: \(user)"]),
        ("a user and a type", "peer uid joe\npeer type svirt_t", []),
        ("one name, two accesses", "allow ro /a/b\nallow rw /a/b", ["4: \(tie)"]),
        ("two patterns with names in common", "allow ro /x/?a\nallow rw /x/*a", ["4: \(tie)"]),
        ("two patterns with no name in common", "allow ro /x/*.raw\nallow rw /x/*.img", []),
        ("two patterns, one more specific", "allow ro /x/*a\nallow rw /x/*ba", []),
        ("sockets of all VMs", "own socket /run", ["3: \(shared("/run"))"]),
        ("sockets of a user's programs", "own socket /var/run/user/7", ["3: \(shared("/var/run/user/7"))"]),
        ("what holds such a directory", "own rw /var", ["3: \(shared("/var"))"]),
        (
            "libvirt's directories", "own rw /srv/x /run/libvirt/qemu/swtpm\nown socket /run/libvirt",
            ["3: \(shared("/run/libvirt/qemu/swtpm"))", "4: \(shared("/run/libvirt"))"]
        ),
        ("to be read", "own ro /tmp /run", []),
        ("a VM's own directory", "own rw /tmp/web01 /run/user/7/web01\nown socket /run/web01", []),
        ("`/**/` and `**`", "allow ro /x/**/ab\nallow rw /x/**b?", []),
        ("`/**/` and `*`", "allow ro /x/**/ab\nallow rw /x/*/ab", ["4: \(tie)"]),
    ])
    func `a policy is warned of`(row: (what: String, text: String, warnings: [String])) {
        let result = parse("openhook 1\nvm web01\n" + row.text + "\n")
        #expect(result.policy != nil)
        #expect(result.warnings == row.warnings)
    }

    @Test func `a warning shows the other rule`() {
        #expect(
            parse("openhook 1\nvm web01\nallow ro /a/**\nallow ro /a/b\n").rendered == [
                """
                vm.policy:4:1: warning: this rule changes nothing: another one covers it
                    allow ro /a/b
                    ^~~~~~~~~~~~~
                vm.policy:3:1: note: it is here
                    allow ro /a/**
                    ^~~~~~~~~~~~~~
                """
            ])
    }
}
