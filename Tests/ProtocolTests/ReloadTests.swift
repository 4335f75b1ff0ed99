import HookLinux
import SystemPackage
import TestSupport
import Testing

/// SIGHUP and SIGTERM.
struct ReloadTests {
    @Test func `a good policy is in force from the next request on`() throws {
        let stand = try Stand()
        let connection = try stand.server.connect()
        #expect(try connection.open(stand.base, OpenFlag.readWrite).errno == .permissionDenied)
        let policy = stand.policy(peer: "peer any").replacing("allow ro base", with: "allow rw base")
        let record = try stand.server.reload(policy)
        #expect(record.event == "policy-loaded")
        #expect(record.generation == "2")
        #expect(try connection.open(stand.base, OpenFlag.readWrite).file?.read() == "base")
        #expect(try stand.server.records("opened").last?.generation == "2")
        #expect(try stand.server.reload().generation == "3")
        try stand.expectNoLeakBeside(connection)
    }

    @Test func `a bad policy leaves the last good one in force, and its errors are printed`() throws {
        let stand = try Stand()
        let connection = try stand.server.connect()
        let record = try stand.server.reload("openhook 1\nvm test\nalow rw /x\nselinux of\n")
        #expect(record.event == "policy-kept")
        #expect(record.generation == "1")
        #expect(
            record.reason.hasPrefix("\(stand.directory.path("policy")):3: unknown statement `alow`"), "\(record.reason)"
        )
        #expect(record.reason.hasSuffix(" more)"))
        let errors = try poll { () -> String? in
            let errors = try stand.server.errors()
            return errors.contains("policy:4:") ? errors : nil
        }
        #expect(errors?.contains("policy:3:1: error: ") == true)
        #expect(try Self.saysThatTheFirstStays(stand))
        #expect(errors?.contains("    alow rw /x") == true || errors?.contains("alow rw /x") == true)
        #expect(try connection.open(stand.disk, OpenFlag.readWrite).file?.read() == "image")
        #expect(try stand.server.reload(stand.policy(peer: "peer any")).event == "policy-loaded")
        try stand.expectNoLeakBeside(connection)
    }

    /// Policies that parse, and why they are kept out.
    static let kept: [(String, String)] = [
        (
            "peer uid nobody-has-this-name",
            "unknown user: `useradd --system nobody-has-this-name` makes it"
        ),
        ("", "TOP/policy: the policy says nowhere who may ask: add `peer uid USER`, or `peer gid GROUP`"),
        (
            "peer any\nroot r /nonexistent-directory {\nallow rw x\n}",
            "the directory of this root cannot be opened: ENOENT"
        ),
        ("peer any\ninclude \"missing\"", "missing"),
    ]

    @Test(arguments: kept) func `a policy that cannot be in force is not`(peer: String, reason: String) throws {
        let stand = try Stand()
        let record = try stand.server.reload(stand.policy(peer: peer))
        #expect(record.event == "policy-kept")
        #expect(record.reason.contains(reason.replacing("TOP", with: stand.directory.path)), "\(record.reason)")
        #expect(try Self.saysThatTheFirstStays(stand))
        #expect(try stand.server.connect().open(stand.disk, OpenFlag.readWrite).file != nil)
        try stand.expectNoLeak()
    }

    /// On standard error, where an admin looks who has sent SIGHUP.
    private static func saysThatTheFirstStays(_ stand: Stand) throws -> Bool {
        try poll { () -> Bool? in
            try stand.server.errors().hasSuffix("\nopenhookd: the policy in force (generation 1) stays\n") ? true : nil
        } ?? false
    }

    @Test func `a policy that learns is said loudly, at the start and when it is loaded anew`() throws {
        let stand = try Stand(statements: "learn ro /srv/**")
        let warning = "openhookd: warning: learning: \(stand.directory.path("policy")):5 grants what no rule does\n"
        let off = "openhookd: warning: no label is checked: `selinux off`, or no SELinux in this kernel\n"
        #expect(try stand.server.errors() == off + warning)
        #expect(try stand.server.reload(stand.policy(peer: "peer any")).event == "policy-loaded")
        #expect(
            try stand.server.reload(stand.policy(peer: "peer any", statements: "learn rw /srv/**")).event
                == "policy-loaded")
        let again = try poll { () -> String? in
            let errors = try stand.server.errors()
            return errors.hasSuffix(off + off + warning) ? errors : nil
        }
        #expect(again == off + warning + off + off + warning)
    }

    @Test func `a policy that is gone, or that others can write, is not loaded`() throws {
        let stand = try Stand()
        try stand.directory.setMode("policy", 0o622)
        #expect(try stand.server.reload().event == "policy-kept")
        try stand.directory.remove("policy")
        let record = try stand.server.reload()
        #expect(record.event == "policy-kept")
        let missing = "\(stand.directory.path("policy")): the policy cannot be read: ENOENT (No such file or directory)"
        #expect(record.reason == missing)
        let stays = "openhookd: the policy in force (generation 1) stays\n"
        let said = try poll { () -> String? in
            let errors = try stand.server.errors()
            return errors.hasSuffix("openhookd: \(missing)\n\(stays)") ? errors : nil
        }
        #expect(said != nil)
        #expect(try stand.server.connect().open(stand.disk, OpenFlag.readWrite).file != nil)
    }

    @Test func `the audit file is opened anew, and no record is lost`() throws {
        let stand = try Stand()
        let connection = try stand.server.connect()
        #expect(try connection.open(stand.disk, OpenFlag.readWrite).file != nil)
        try stand.directory.rename("audit", to: "old")
        #expect(try connection.open(stand.disk, OpenFlag.readWrite).file != nil)
        #expect(try stand.server.reload().event == "policy-loaded")
        #expect(try connection.open(stand.disk, OpenFlag.readWrite).file != nil)
        let old = try AuditLine.lines(of: stand.directory.text("old"))
        let new = try stand.server.records()
        #expect(old.map(\.event).starts(with: ["started", "opened", "handed-over", "opened"]))
        #expect(new.contains { $0.event == "policy-loaded" })
        #expect(new.last { $0.event == "opened" }?["request"] == "3")
        // That an answer was handed over may be recorded a little later than it was.
        #expect((old + new).count { $0.event == "handed-over" } >= 2)
        #expect((old + new).count { $0.event == "opened" } == 3)
        #expect(try stand.directory.status("audit").permissions == 0o600)
        try stand.expectNoLeakBeside(connection)
    }

    @Test func `a reload's peer statements hold for open connections from their next request on`() throws {
        let stand = try Stand()
        let connection = try stand.server.connect()
        #expect(try connection.open(stand.disk, OpenFlag.readWrite).file != nil)
        #expect(try stand.server.reload(stand.policy(peer: "peer uid 54321")).event == "policy-loaded")
        try connection.send(RawConnection.request(Array(stand.disk.utf8), OpenFlag.readWrite | OpenFlag.truncate))
        guard case .closed = try connection.reply().answer else {
            Issue.record("answered")
            return
        }
        let record = try #require(try stand.server.records("connection-refused").last)
        #expect(record.generation == "2")
        #expect(try stand.directory.text("images/disk") == "image")
        try stand.expectNoLeak()
    }

    @Test func `many reloads at once end with the last policy in force, and nothing leaks`() throws {
        let stand = try Stand()
        for _ in 0..<20 { try stand.server.process.send(signal: .hangUp) }
        let record = try stand.server.reload(
            stand.policy(peer: "peer any").replacing("allow ro base", with: "allow rw base"))
        #expect(record.event == "policy-loaded")
        let connection = try stand.server.connect()
        let granted = try poll { try connection.open(stand.base, OpenFlag.readWrite).file }
        #expect(granted?.read() == "base")
        try stand.expectNoLeakBeside(connection)
    }

    @Test(arguments: Style.allCases, [Signal.terminate, .interrupt])
    func `a signal ends the server with status 0 and leaves no socket`(style: Style, signal: Signal) throws {
        let stand = try Stand { $0.source = .listening(style.socket) }
        let connection = try stand.server.connect(style.socket)
        #expect(try connection.open(stand.disk, OpenFlag.readWrite).file != nil)
        #expect(try stand.server.stop(signal) == .exited(0))
        #expect(!stand.directory.exists("socket"))
        guard case .closed = try connection.reply().answer else {
            Issue.record("answered")
            return
        }
        let events = try stand.server.records().map(\.event)
        #expect(events == ["started", "opened", "handed-over", "stopped"])
    }

    @Test func `a socket that another server has made there meanwhile is left`() throws {
        let stand = try Stand()
        try stand.directory.remove("socket")
        try stand.directory.socket("socket")
        let other = try stand.directory.status("socket").identity
        #expect(try stand.server.stop() == .exited(0))
        #expect(try stand.directory.status("socket").identity == other)
    }

    @Test func `a request that is in hand when the server is told to end is answered`() throws {
        // The bucket is empty after the first: the second waits for its turn when the signal comes.
        let stand = try Stand(statements: "rate 1 burst 1")
        let connection = try stand.server.connect()
        #expect(try connection.open(stand.disk, OpenFlag.readWrite).file != nil)
        try connection.send(RawConnection.request(Array(stand.disk.utf8), OpenFlag.readWrite))
        #expect(poll { TestServer.isDelayingAnAnswer(stand.server.pid) ? true : nil } == true)
        try stand.server.process.send(signal: .terminate)
        #expect(try connection.reply().answer.file?.read() == "image")
        #expect(try stand.server.end() == .exited(0))
    }
}
