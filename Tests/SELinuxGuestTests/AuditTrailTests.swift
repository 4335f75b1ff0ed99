import HookLinux
import HookSELinux
import TestSupport
import Testing

extension GuestTests {
    /// Runs when all else has run: what the kernel denied meanwhile, with nothing hidden by `dontaudit`.
    @Suite struct AuditTrailTests {
        private static func denials() throws -> [String] {
            let log = try Guest.shell("ausearch --input-logs --message AVC --raw")
            return log.split(separator: "\n").map(String.init).filter { $0.contains("denied") }
        }

        /// What a test takes away from a server on purpose.
        private static let expected = [
            // A server without selinuxfs looks for one in /sys.
            #"denied  { getattr } for  pid=[0-9]+ comm="openhookd" name="/" dev="sysfs""#,
            // openhook_use_delete is off.
            #"denied  { remove_name } for .* name="doomed(-2)?" "#,
        ]

        @Test func `the log is whole: no record was lost, and no dontaudit rule is in force`() throws {
            let status = try Guest.run("auditctl", "-s")
            #expect(status.split(separator: "\n").contains("lost 0"), "\(status)")
            // Debian's policy hides this question of svirt_t's, unless it was built to hide nothing.
            let answer = try Guest.access(
                of: VirtualMachine.a.label, to: "system_u:object_r:security_t:s0", "file")
            #expect(answer.auditDeny == .max)
        }

        @Test func `the kernel denied nothing to openhookd_t but what a test took away from it`() throws {
            let expected = try Self.expected.map { try Regex($0) }
            let found = try Self.denials().filter { $0.contains("scontext=system_u:system_r:openhookd_t:") }
            #expect(try found.filter { line in try !expected.contains { try $0.firstMatch(in: line) != nil } } == [])
        }

        @Test func `the kernel took no descriptor of the server's away from a client`() throws {
            #expect(
                try Self.denials().filter { $0.contains("tcontext=system_u:system_r:openhookd_t:s0 tclass=fd") } == [])
        }
    }
}
