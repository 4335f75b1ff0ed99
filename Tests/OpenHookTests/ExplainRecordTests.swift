import Foundation
import TestSupport
import Testing

/// `openhook explain --record`: audit records, told in words.
struct ExplainRecordTests {
    private func tell(_ records: String, policy: String? = nil) throws -> String {
        let run = try Program.openhook(
            ["explain", "--record", "-"] + (policy.map { [$0] } ?? []), input: Data(records.utf8), columns: 160)
        #expect(run.status == 0)
        #expect(run.errors == "")
        return run.output
    }

    @Test func `every record that a server can write is told`() throws {
        let records = WrittenRecords.ofEveryKind
        let told = try tell(WrittenRecords.text(of: records))
        #expect(told.components(separatedBy: "\n\n").count == records.count)
        for words in ["does not know", "in a way that is none", "a time that", "a process "] {
            #expect(!told.contains(words), "\(words)")
        }
    }

    @Test(arguments: [
        (
            #""event":"changing","rule":"web01.policy:8","operation":"unlink","name":"/srv/x","object":"/srv/x""#,
            "At T, process 11 asked the broker of VM web01 to remove /srv/x. The rule at web01.policy:8 lets the name be "
                + "removed or given to another file, and that was about to happen. The object is /srv/x."
        ),
        (
            #""event":"attached","reason":"user 64055, Landlock 6","result":"granted""#,
            "At T, process 11, a launcher, handed the broker of VM web01 the program that it was about to become. Around "
                + "it there is: user 64055, Landlock 6."
        ),
        (
            #""event":"refused","stage":"policy","reason":"no rule","operation":"stat","name":"/srv/x","errno":"EACCES""#,
            "At T, process 11 asked the broker of VM web01 for the status of /srv/x. It was refused with EACCES at the "
                + "stage `policy`, which is where the policy's rules decide about the name. The reason: no rule."
        ),
        (
            #""event":"handed-over","name":"/srv/x""#,
            "At T, process 11 had asked the broker of VM web01 to open /srv/x. The descriptor was handed over: from then "
                + "on QEMU had the file open."
        ),
    ])
    func `what is no open is told as what it is`(row: (fields: String, story: String)) throws {
        let told = try tell(#"{"time":"T","vm":"web01",\#(row.fields),"peer_pid":11}"# + "\n")
        #expect(told == row.story.wrapped(to: 160) + "\n")
    }

    @Test func `a policy is asked for create only where a file was made`() throws {
        let scene = try Scene()
        let fields = #""name":"NAME","flags":"O_RDWR|O_CREAT","access":"rw""#
            .replacing("NAME", with: scene.name("disk.qcow2"))
        func record(_ event: String, _ number: Int) -> String {
            #"{"time":"T","vm":"web01","event":"\#(event)","request":\#(number),\#(fields)}"# + "\n"
        }
        #expect(try tell(record("opened", 1), policy: scene.policy).contains("\ngranted: "))
        #expect(try tell(record("would-deny", 1), policy: scene.policy).contains("\ngranted: "))
        let made = try tell(record("creating", 2) + record("opened", 2), policy: scene.policy)
        #expect(made.components(separatedBy: "\nrefused: ").count == 3)
        #expect(try tell(record("refused", 1), policy: scene.policy).contains("\nrefused: "))
    }
}

extension String {
    /// As a page is filled with words.
    fileprivate func wrapped(to width: Int) -> String {
        var lines = [""]
        for word in split(separator: " ") {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if line.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }
}
