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

    @Test func `a delivery does not say again what was asked`() throws {
        let told = try tell(#"{"time":"T","vm":"web01","event":"handed-over","name":"/srv/x"}"# + "\n")
        #expect(
            told.split(separator: "\n").joined(separator: " ")
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
        #expect(try tell(record("opened", 1), policy: scene.policy).contains("\ngranted: "))
        #expect(try tell(record("would-deny", 1), policy: scene.policy).contains("\ngranted: "))
        let made = try tell(record("creating", 2) + record("opened", 2), policy: scene.policy)
        #expect(made.components(separatedBy: "\nrefused: ").count == 3)
        #expect(try tell(record("refused", 1), policy: scene.policy).contains("\nrefused: "))
    }
}
