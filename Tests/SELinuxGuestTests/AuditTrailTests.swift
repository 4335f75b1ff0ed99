import HookLinux
import TestSupport
import Testing

extension GuestTests {
    /// Runs when all else has run: what the kernel denied meanwhile, with nothing hidden by `dontaudit`.
    @Suite struct AuditTrailTests {
        private static func denials() throws -> [String] {
            let log = try Guest.shell("ausearch --input-logs --message AVC --raw")
            return log.split(separator: "\n").map(String.init).filter { $0.contains("denied") }
        }

        /// A server whose selinuxfs a test has taken away looks for one in /sys.
        private static let expected = #"denied  { getattr } for  pid=[0-9]+ comm="openhookd" name="/" dev="sysfs""#

        @Test func `the kernel denied nothing to openhookd_t but what a test took away from it`() throws {
            let found = try Self.denials().filter { $0.contains("scontext=system_u:system_r:openhookd_t:") }
            #expect(try found.filter { try Regex(Self.expected).firstMatch(in: $0) == nil } == [])
        }

        @Test func `the kernel took no descriptor of the server's away from a client`() throws {
            #expect(
                try Self.denials().filter { $0.contains("tcontext=system_u:system_r:openhookd_t:s0 tclass=fd") } == [])
        }
    }
}
