import HookLinux
import TestSupport
import Testing

extension GuestTests {
    @Suite struct StartTests {
        @Test func `the tests run in their own domain, on a kernel that enforces`() throws {
            #expect(try Guest.run("id", "-Z") == "system_u:system_r:openhook_test_t:s0\n")
            #expect(try Guest.run("getenforce") == "Enforcing\n")
        }

        @Test func `the server runs in openhookd_t and gives a VM its image`() throws {
            try FileSystem.all.get()
            let server = try GuestServer.start(
                """
                openhook 1
                vm vm-a
                peer uid vm-a
                selinux require
                allow rw /srv/images/a/disk.img
                """)
            #expect(try server.label == "system_u:system_r:openhookd_t:s0")
            #expect(
                try VirtualMachine.a.ask(server, ["open", "rdwr", "0", "/srv/images/a/disk.img"])
                    == ["ok flags=rdwr size=7"])
        }
    }
}
