import HookLinux
import SystemPackage
import TestSupport
import Testing

/// What the C client does, and what it then prints. `DISK` and `BASE` stand for the files' names.
struct Exchange: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let words: [String]
    let lines: [String]
    /// A part of the audit record's reason, if the server ends the connection.
    var violation: String?

    init(_ testDescription: String, _ words: [String], _ lines: [String], violation: String? = nil) {
        self.testDescription = testDescription
        self.words = words
        self.lines = lines
        self.violation = violation
    }

    func run(_ style: Style) throws {
        let stand = try Stand { $0.source = .listening(style.socket) }
        let words =
            style.words
            + self.words.map {
                $0.replacing("DISK", with: stand.disk).replacing("BASE", with: stand.base)
            }
        #expect(try stand.server.runClient(words) == lines)
        let violations = try stand.server.records("protocol-violation")
        #expect(violations.count == (violation == nil ? 0 : 1))
        if let violation, let record = violations.first {
            #expect(record.reason.contains(violation), "\(record.reason)")
            #expect(record["peer_pid"] != nil)
        }
        try stand.expectNoLeak()
        #expect(try stand.directory.text("images/disk") == "image")
    }
}
