import Foundation
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// `policy/systemd`: the units that are installed with the server.
struct UnitTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(components: "policy", "systemd")
    private static let hasSystemd = (try? Program.find("systemd-analyze")) != nil
    private static let service = "openhookd@.service"

    private static func text(_ unit: String) throws -> String {
        try String(contentsOf: directory.appending(component: unit), encoding: .utf8)
    }

    /// The value of the one line with that key.
    private static func value(_ key: String) throws -> String {
        let lines = try text(service).split(separator: "\n").filter { $0.hasPrefix("\(key)=") }
        return String(try #require(lines.count == 1 ? lines[0].dropFirst(key.count + 1) : nil))
    }

    @Test func `the service's command line is one that the server takes`() throws {
        let words = try Self.value("ExecStart").split(separator: " ").map(String.init)
        #expect(words.first == "/usr/local/sbin/openhookd")
        var arguments: [String] = []
        var places: [String: String] = [:]
        // An option and its value, again and again.
        let pairs = stride(from: 1, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }
        #expect(pairs.count * 2 + 1 == words.count)
        for (word, value) in pairs {
            // What a test's server has of its own, and a group that this machine may not have.
            switch word {
            case "--policy", "--socket", "--audit": places[word] = value
            case "--gid": arguments += [word, "\(try UserIdentity.own().gid)"]
            default: arguments += [word, value]
            }
        }
        #expect(
            places == [
                "--policy": "/etc/openhook/%i.policy", "--socket": "/run/openhook/%i/hook",
                "--audit": "/var/log/openhook/%i.jsonl",
            ])
        let stand = try Stand { $0.arguments = arguments }
        #expect(try stand.directory.status("socket").permissions == 0o660)
        #expect(try stand.server.connect().open(stand.disk, OpenFlag.readWrite).file?.read() == "image")
        // What ExecReload= and the stop send.
        #expect(try Self.value("ExecReload") == "/bin/kill -HUP $MAINPID")
        #expect(try stand.server.reload().event == "policy-loaded")
        #expect(try stand.server.stop() == .exited(0))
    }

    @Test(.enabled(if: hasSystemd, "needs systemd-analyze"))
    func `systemd understands every line of the units`() throws {
        let scratch = try ScratchDirectory()
        let units = try FileManager.default.contentsOfDirectory(atPath: Self.directory.path).sorted()
        #expect(units == [Self.service, "openhookd@.socket"])
        for unit in units {
            // It also looks for the program.
            let text = try Self.text(unit).replacing("/usr/local/sbin/openhookd", with: "/bin/true")
            try scratch.file(unit, text, mode: 0o644)
        }
        let run = try Program.run(
            "systemd-analyze", ["verify"] + units.map { scratch.path($0.replacing("@.", with: "@web01.")) },
            environment: ["PATH=/usr/bin:/bin", "SYSTEMD_LOG_LEVEL=warning"])
        #expect(run.ending == .exited(0))
        #expect(!run.errors.contains(scratch.path) && !run.errors.contains("openhookd@"), "\(run.errors)")
    }
}
