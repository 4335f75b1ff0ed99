import Foundation
import Testing

struct ExplainTests {
    private let scene: Scene

    init() throws { scene = try Scene() }

    private func explain(_ name: String, _ options: String...) throws -> (status: Int32, text: String) {
        let run = try Program.openhook(["explain", scene.policy, scene.name(name)] + options, columns: 160)
        #expect(run.errors == "")
        return (run.status, scene.shortened(run.output))
    }

    @Test func `a grant names its rule and all that it grants`() throws {
        let (status, text) = try explain("snap-1.qcow2", "--access", "rw", "--create")
        #expect(status == 0)
        #expect(
            text == """
                granted: TOP/images/snap-1.qcow2, O_RDWR|O_CREAT
                  rule    TOP/vm.policy:10: allow rw snap-*.qcow2 create limit 4
                  grants  rw: reading and writing
                  root    images, TOP/images
                  kinds   regular files
                  links   symbolic links are followed beneath the root, to names that are granted too; \
                a file with several names is not opened for writing
                  create  a missing file is made, mode 0600, as long as fewer than 4 match the rule
                  later   the server still checks the file itself: the way to it, its kind, links, real name and label

                """)
    }

    @Test func `a refusal names the rule, and the line to add`() throws {
        let (status, text) = try explain("base/golden.qcow2", "--access", "rw")
        #expect(status == 1)
        #expect(
            text == """
                refused: TOP/images/base/golden.qcow2, O_RDWR: EACCES (Permission denied)
                  why    TOP/vm.policy:9 grants ro, rw was asked
                  stage  policy
                  rule   allow ro base/*.qcow2
                  add    to TOP/vm.policy after line 11, in root `images`:
                         allow rw base/golden.qcow2

                """)
    }

    @Test func `what explain says to add makes the request granted`() throws {
        let refused = try Program.openhook("explain", scene.policy, scene.name("new.raw"), "--access", "rw", "--json")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(refused.output.utf8)) as? [String: Any])
        let add = try #require(report["add"] as? [String: Any])
        let line = try #require(add["line"] as? String)
        let place = try #require(add["after_line"] as? Int)
        var lines = try String(contentsOfFile: scene.policy, encoding: .utf8).components(separatedBy: "\n")
        lines.insert(line, at: place)
        try scene.write(lines.joined(separator: "\n"))
        #expect(try explain("new.raw", "--access", "rw").status == 0)
    }

    @Test(arguments: [
        ("a deny", "base/private/x", [], "  to do  no line can be added: a `deny` always wins\n"),
        (
            "a missing create", "disk.qcow2", ["--flags", "rdwr,creat"],
            "  write  instead of TOP/vm.policy:8:\n         allow rw disk.qcow2 create\n"
        ),
        ("`..`", "base/../other", [], "  note   `..` is taken as text here; a server resolves what stands before it"),
        ("a flag", "disk.qcow2", ["--flags", "async"], "  why    flags that the broker does not pass on: O_ASYNC\n"),
        ("a truncating reader", "disk.qcow2", ["--truncate"], "  why    O_TRUNC with O_RDONLY\n"),
    ])
    func `a refusal says what to do`(row: (what: String, name: String, options: [String], line: String)) throws {
        let run = try Program.openhook(["explain", scene.policy, scene.name(row.name)] + row.options, columns: 160)
        #expect(run.status == 1)
        #expect(scene.shortened(run.output).contains(row.line))
    }

    @Test func `a relative name without a directory is refused with both ways out`() throws {
        let run = try Program.openhook("explain", scene.policy, "disk.qcow2")
        #expect(run.status == 1)
        #expect(
            run.output == """
                refused: disk.qcow2, O_RDONLY: EINVAL (Invalid argument)
                  why    the name is relative, and the policy has no `directory`
                  stage  name
                  to do  ask for the absolute name, or say in the policy where relative names
                         begin:
                         directory PATH

                """)
    }

    @Test func `the label that the policy gives has the peer's level`() throws {
        let (status, text) = try explain("disk.qcow2", "--peer-label", "system_u:system_r:svirt_t:s0:c1,c2")
        #expect(status == 0)
        #expect(text.contains("  label    system_u:object_r:svirt_image_t:s0:c1,c2, from the root\n"))
        #expect(text.contains("\n  SELinux  "))
    }

    @Test func `a peer that the policy does not admit is told from a refused request`() throws {
        let scene = try Scene(settings: "vm web01\npeer type svirt_t")
        let run = try Program.openhook(
            "explain", scene.policy, scene.name("disk.qcow2"), "--peer-label", "u:r:other_t:s0")
        #expect(run.status == 1)
        #expect(run.output.contains("O_RDONLY: the connection is closed\n"))
        #expect(run.output.contains("  why    the peer's label is u:r:other_t:s0, which no `peer label`"))
    }

    @Test func `JSON says the same for programs`() throws {
        let run = try Program.openhook("explain", scene.policy, scene.name("disk.qcow2"), "--access", "rw", "--json")
        #expect(run.status == 0)
        #expect(
            scene.shortened(run.output) == """
                {"answer":"granted","name":"TOP/images/disk.qcow2","flags":"O_RDWR","access":"rw",\
                "rule":"TOP/vm.policy:8","text":"allow rw disk.qcow2","grants":{"access":"rw","symlinks":"inside",\
                "hardlinks":false,"delete":false,"kinds":["file"],"root":"TOP/images"},"climbed_as_text":false}

                """)
    }

    @Test func `JSON has every clause of a rule`() throws {
        let scene = try Scene(
            "    allow rw snap-* kind file block create mode 0640 owner 0:9 limit 3 delete hardlinks allow\n")
        let run = try Program.openhook(
            "explain", scene.policy, scene.name("snap-1"), "--access", "rw", "--create", "--json")
        #expect(
            scene.shortened(run.output).contains(
                """
                "grants":{"access":"rw","symlinks":"none","hardlinks":true,"delete":true,"kinds":["file","block"],\
                "create":{"mode":"0640","owner":"0:9","limit":3},"root":"TOP/images"}
                """), "\(run.output)")
    }

    @Test func `a policy with errors explains nothing`() throws {
        try scene.write("openhook 1\nvm web01\nrot\n")
        let run = try Program.openhook("explain", scene.policy, "/x")
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(run.errors.hasSuffix("openhook: the policy has errors, so no server uses it\n"))
    }
}
