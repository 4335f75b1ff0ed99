import HookAudit
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// Where a real server's records go: to several places at once, and to the system's audit log.
struct AuditSinkTests {
    /// Whether this kernel drops audit messages, or this process may not ask.
    static let auditingIsOff = !((try? LibAudit().isEnabled()) ?? false)

    @Test(.enabled(if: auditingIsOff))
    func `a system that keeps no audit messages is a server that does not start`() throws {
        let unserved = try Unserved()
        let run = try unserved.run([
            "--policy", "TOP/policy", "--socket", "TOP/s", "--audit", "linux", "--audit", "TOP/audit",
        ])
        #expect(run.ending == .exited(3))
        #expect(
            [
                "openhookd: --audit linux: auditing is switched off in this kernel: start auditd, or `auditctl -e 1`\n",
                "openhookd: --audit linux: whether the kernel keeps audit messages cannot be asked: that takes "
                    + "CAP_AUDIT_CONTROL, outside of containers (EPERM (Operation not permitted))\n",
                "openhookd: --audit linux: this process cannot reach the kernel's audit subsystem: "
                    + "EPROTONOSUPPORT (Protocol not supported)\n",
            ].contains(run.errors))
        #expect(!unserved.directory.exists("s"))
    }

    @Test(.enabled(if: auditingIsOff))
    func `with --audit-optional it starts, serves, and says that records are lost`() throws {
        let stand = try Stand { $0.arguments = ["--audit", "linux", "--audit-optional"] }
        #expect(try stand.server.connect().open(stand.disk, OpenFlag.readOnly).errno == nil)
        #expect(try stand.server.errors().hasPrefix("openhookd: warning: --audit linux: "))
        #expect(
            try stand.server.errors().contains(
                "openhookd: warning: records are being lost, of --audit linux (--audit-optional): "))
        // The other sink, which is not down, has them.
        #expect(try stand.server.awaitRecord("handed-over").name == stand.disk)
    }

    @Test func `--audit - is standard output`() throws {
        let unserved = try Unserved()
        let directory = unserved.directory
        // The pair's other end is closed: the server serves nobody, and ends.
        let pair = try UnixSocket.pair(.stream)
        let given = GrantedDescriptor(try pair.second.descriptor.duplicate())
        try closeFirst(of: pair)
        let run = try TestServer.run(
            ["--policy", directory.path("policy"), "--fd", "3", "--audit", "-"], descriptors: [given.number])
        #expect(run.ending == .exited(0))
        #expect(try AuditLine.lines(of: run.output).map(\.event) == ["started", "stopped"])
        #expect(!run.errors.contains("{"))
    }

    @Test func `without --audit the records go to standard error`() throws {
        let unserved = try Unserved()
        let pair = try UnixSocket.pair(.stream)
        let given = GrantedDescriptor(try pair.second.descriptor.duplicate())
        try closeFirst(of: pair)
        let run = try TestServer.run(
            ["--policy", unserved.directory.path("policy"), "--fd", "3"], descriptors: [given.number])
        #expect(run.ending == .exited(0))
        #expect(run.output == "")
        let lines = run.errors.split(separator: "\n").filter { $0.hasPrefix("{") }
        #expect(try AuditLine.lines(of: lines.joined(separator: "\n") + "\n").map(\.event) == ["started", "stopped"])
    }

    private func closeFirst(of pair: consuming SocketPair) throws { _ = pair.takeFirst() }

    @Test func `two files have the same records`() throws {
        let second = try ScratchDirectory()
        let stand = try Stand { $0.arguments = ["--audit", second.path("second")] }
        #expect(try stand.server.connect().open(stand.disk, OpenFlag.readOnly).errno == nil)
        _ = try stand.server.awaitRecord("handed-over")
        #expect(try stand.server.stop() == .exited(0))
        #expect(try second.text("second") == stand.server.directory.text("audit"))
    }
}
