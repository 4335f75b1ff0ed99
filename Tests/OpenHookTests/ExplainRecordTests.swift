import Foundation
import TestSupport
import Testing

/// `openhook explain --record`: audit records, told in words.
struct ExplainRecordTests {
    private func tell(_ record: String, _ more: String...) throws -> Program.Run {
        try Program.openhook(
            ["explain", "--record", "-"] + more, input: Data((record + "\n").utf8), columns: 160)
    }

    /// What is said of records that are all told, without a complaint.
    private func told(_ records: String, policy: String? = nil) throws -> String {
        let run = try Program.openhook(
            ["explain", "--record", "-"] + (policy.map { [$0] } ?? []), input: Data(records.utf8), columns: 160)
        #expect(run.status == 0)
        #expect(run.errors == "")
        return run.output
    }

    @Test func `a record is told in words`() throws {
        let record = """
            {"time":"2026-11-21T00:37:41Z","vm":"web01","generation":1,"event":"refused","request":8,"stage":"policy",\
            "reason":"no rule","add":"allow ro web02.qcow2","name":"/srv/web\\u001b02","flags":"O_RDONLY","access":"ro",\
            "peer_pid":11,"peer_uid":9,"peer_gid":9,"selinux":"off","result":"refused","errno":"EACCES","microseconds":53}
            """
        let run = try tell(record)
        #expect(run.status == 0)
        #expect(
            run.output == """
                At 2026-11-21T00:37:41Z, process 11 (user 9, group 9) asked the broker of VM web01 to open /srv/web\\x1B02 for reading (O_RDONLY). It was refused with EACCES at
                the stage `policy`, which is where the policy's rules decide about the name. The reason: no rule. No label was checked: SELinux is off, or the policy says so.
                (Policy generation 1, request 8, 53 microseconds after the request came.)
                The line that would have granted it:
                    allow ro web02.qcow2

                """)
        let json = try tell(record, "--json")
        #expect(json.output.hasSuffix(#","The line that would have granted it: allow ro web02.qcow2"]}"# + "\n"))
        let wrong = try tell("x")
        #expect(wrong.status == 2)
    }

    /// Behind `"time":"noon","vm":"web01","event":`, and what is told of it.
    static let events: [(record: String, story: String)] = [
        (#""started""#, "At noon the broker of VM web01 started."),
        (#""stopped","generation":2"#, "At noon the broker of VM web01 ended. (Policy generation 2.)"),
        (#""policy-loaded""#, "At noon the broker of VM web01 put another policy in force."),
        (
            #""policy-kept","reason":"it has errors""#,
            "At noon the broker of VM web01 was told to load its policy anew, could not, and kept the one it had. "
                + "The reason: it has errors."
        ),
        (
            #""root-reopened","object":"/srv/images""#,
            "At noon the broker of VM web01 found another directory at /srv/images, and opened it."
        ),
        (
            #""attached","reason":"via notify, user 9","peer_pid":11"#,
            "At noon, process 11 became a program of VM web01, which reaches its files through the broker: via notify, "
                + "user 9."
        ),
        (
            #""connection-refused","peer_pid":11,"peer_uid":9,"reason":"no such peer""#,
            "At noon, process 11 (user 9) connected to the broker of VM web01, and was turned away. "
                + "The reason: no such peer."
        ),
        (
            #""protocol-violation","reason":"message_size is 4""#,
            "At noon, a process sent the broker of VM web01 what is no request; the connection was closed. "
                + "The reason: message_size is 4."
        ),
        (
            #""opened","rule":"p:9","name":"/srv/a","object":"/srv/b","device":"254:0","inode":7,"kind":"block","#
                + #""flags":"O_RDWR","access":"rw","object_label":"u:object_r:t_t:s0","label_source":"rule","#
                + #""selinux":"permissive","result":"granted""#,
            "At noon, a process asked the broker of VM web01 to open /srv/a for reading and writing (O_RDWR). "
                + "It was granted by the rule at p:9, and opened; the record `handed-over` with the same request number "
                + "says that the descriptor arrived. The object is /srv/b, a block device, inode 7 of device 254:0. "
                + "Its label is u:object_r:t_t:s0, given by the rule. "
                + "SELinux is permissive: what it denies is granted all the same."
        ),
        (
            #""creating","rule":"p:9","name":"/srv/a","flags":"O_WRONLY|O_CREAT","access":"wo","mode":"0600""#,
            "At noon, a process asked the broker of VM web01 to open /srv/a for writing, and to make it if it is missing "
                + "(O_WRONLY|O_CREAT). The file was missing; the rule at p:9 lets it be made with mode 0600, and that was "
                + "about to happen."
        ),
        (
            #""would-deny","rule":"p:9","name":"/srv/a","flags":"O_RDONLY","access":"ro""#,
            "At noon, a process asked the broker of VM web01 to open /srv/a for reading (O_RDONLY). No rule grants it. "
                + "The rule at p:9 let it through for the time being: without it this would have been a refusal. "
                + "`openhook learn` proposes the missing line."
        ),
        (
            #""handed-over","name":"/srv/a","flags":"O_RDONLY","access":"ro""#,
            "At noon, a process had asked the broker of VM web01 to open /srv/a for reading (O_RDONLY). "
                + "The descriptor was handed over: from then on QEMU had the file open."
        ),
        (
            #""not-handed-over","name":"/srv/a","flags":"O_RDONLY","access":"ro","errno":"EPIPE""#,
            "At noon, a process had asked the broker of VM web01 to open /srv/a for reading (O_RDONLY). "
                + "The file was opened, but the descriptor did not arrive: EPIPE. It was closed again."
        ),
        (
            #""changing","rule":"p:9","operation":"unlink","name":"/srv/a","object":"/srv/a""#,
            "At noon, a process asked the broker of VM web01 for `unlink` of /srv/a. The rule at p:9 allows that, and it was "
                + "about to happen. The object is /srv/a."
        ),
        (
            #""changing","rule":"p:9","operation":"rename","name":"/srv/a","object":"/srv/a","target":"/srv/b""#,
            "At noon, a process asked the broker of VM web01 for `rename` of /srv/a to /srv/b. The rule at p:9 allows that, "
                + "and it was about to happen. The object is /srv/a."
        ),
        (
            #""refused","operation":"connect","stage":"policy","name":"/run/a","errno":"EACCES","reason":"no statement","#
                + #""repeated":3"#,
            "At noon, a process asked the broker of VM web01 for `connect` of /run/a. It was refused with EACCES at the "
                + "stage `policy`, which is where the policy's rules decide about the name. The reason: no statement. "
                + "The same happened 3 more times."
        ),
        (
            #""refused","stage":"flags","name_hex":"2fff","name":"/?","flags":"0x3","errno":"EINVAL""#,
            "At noon, a process asked the broker of VM web01 to open /\\xFF in a way that is none (0x3). It was refused "
                + "with EINVAL at the stage `flags`, which is where the flags are looked at, before the name. "
                + "The reason: EINVAL."
        ),
        (#""eaten""#, "At noon the broker of VM web01 recorded `eaten`, which this program does not know."),
    ]

    @Test(arguments: events) func `every event has its sentence`(row: (record: String, story: String)) throws {
        let run = try tell(#"{"time":"noon","vm":"web01","event":"# + row.record + "}")
        #expect(run.status == 0)
        #expect(run.output.split(separator: "\n").joined(separator: " ") == row.story)
    }

    @Test func `with a policy it is said what that one answers now`() throws {
        let scene = try Scene()
        let record =
            #"{"time":"noon","vm":"web01","event":"refused","stage":"policy","name":"TOP/images/disk.qcow2","#
            .replacing("TOP", with: scene.top.path)
            + #""flags":"O_RDWR","access":"rw","errno":"EACCES","reason":"no rule"}"#
        let text = try tell(record, scene.policy)
        #expect(text.status == 0)
        #expect(
            scene.shortened(text.output).hasSuffix(
                """
                . The reason: no rule.

                This policy says now:
                granted: TOP/images/disk.qcow2, O_RDWR
                  rule    TOP/vm.policy:8: allow rw disk.qcow2
                  grants  rw: reading and writing
                  root    images, TOP/images
                  kinds   regular files
                  links   symbolic links are followed beneath the root, to names that are granted too; \
                a file with several names is not opened for writing
                  create  a missing file is not made
                  later   the server still checks the file itself: the way to it, its kind, links, real name and label

                """), "\(text.output)")
        let json = try tell(record, scene.policy, "--json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect((object["story"] as? [String])?.count == 3)
        #expect((object["now"] as? [String: Any])?["answer"] as? String == "granted")
        // What is about no request is told, and nothing asked.
        let started = try tell(#"{"time":"noon","vm":"web01","event":"started"}"#, scene.policy)
        #expect(started.output == "At noon the broker of VM web01 started.\n")
    }

    @Test(arguments: [
        (["--access", "rw"], "--access"), (["--create"], "--create"), (["--truncate"], "--truncate"),
        (["--flags", "rdwr"], "--flags"), (["--peer-label", "u:r:t_t:s0"], "--peer-label"),
        (["--peer-label", "u:r:t_t:s0", "--object-label", "u:r:t_t:s0"], "--peer-label"),
    ])
    func `options of a question do not go with records`(row: (options: [String], first: String)) throws {
        let run = try Program.openhook(["explain", "--record", "-"] + row.options)
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("Error: \(row.first) goes without --record: a record says what was asked\n"))
    }

    @Test func `every record that a server can write is told`() throws {
        let records = WrittenRecords.ofEveryKind
        let text = try told(WrittenRecords.text(of: records))
        #expect(text.components(separatedBy: "\n\n").count == records.count)
        for words in ["does not know", "in a way that is none", "a time that", "a process "] {
            #expect(!text.contains(words), "\(words)")
        }
    }

    @Test func `a delivery does not say again what was asked`() throws {
        let text = try told(#"{"time":"T","vm":"web01","event":"handed-over","name":"/srv/x"}"# + "\n")
        #expect(
            text.split(separator: "\n").joined(separator: " ")
                == "At T, a process had asked the broker of VM web01 to open /srv/x. The descriptor was handed over: from "
                + "then on QEMU had the file open.")
    }

    @Test func `a policy is asked for create only where a file was made`() throws {
        let scene = try Scene()
        let fields = #""name":"NAME","flags":"O_RDWR|O_CREAT","access":"rw""#
            .replacing("NAME", with: scene.name("disk.qcow2"))
        func record(_ event: String, _ number: Int) -> String {
            #"{"time":"T","vm":"web01","event":"\#(event)","request":\#(number),\#(fields)}"# + "\n"
        }
        #expect(try told(record("opened", 1), policy: scene.policy).contains("\ngranted: "))
        #expect(try told(record("would-deny", 1), policy: scene.policy).contains("\ngranted: "))
        let made = try told(record("creating", 2) + record("opened", 2), policy: scene.policy)
        #expect(made.components(separatedBy: "\nrefused: ").count == 3)
        #expect(try told(record("refused", 1), policy: scene.policy).contains("\nrefused: "))
    }
}
