import Foundation
import HookLinux
import TestSupport
import Testing

extension GuestTests {
    /// Runs when all else has run: what the kernel denied meanwhile, with nothing hidden by `dontaudit`.
    @Suite struct AuditTrailTests {
        /// `denied { … }`, `comm=`, and the types of both labels.
        private static func denials() throws -> [String] {
            let log = try Guest.shell("ausearch --input-logs --message AVC --raw")
            return log.split(separator: "\n").map(String.init).filter { $0.contains("denied") }
        }

        @Test func `the kernel denied nothing to openhookd_t but what a test took away from it`() throws {
            let found = try Self.denials().filter { $0.contains("scontext=system_u:system_r:openhookd_t:") }
            #expect(found.filter { !Self.isExpected($0) } == [])
        }

        @Test func `the kernel took no descriptor of the server's away from a client`() throws {
            #expect(
                try Self.denials().filter { $0.contains("tcontext=system_u:system_r:openhookd_t:s0 tclass=fd") } == [])
        }

        private static func isExpected(_ denial: String) -> Bool { false }
    }
}
