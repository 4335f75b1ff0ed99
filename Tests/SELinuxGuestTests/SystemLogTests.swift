import HookLinux
import SystemPackage
import TestSupport
import Testing

extension GuestTests {
    /// Denials in the system's audit log, as other object managers write them.
    @Suite struct SystemLogTests {
        @Test func `ausearch shows a denial, and audit2allow makes the rule of it that one would write`() throws {
            try FileSystem.all.get()
            var machine = VirtualMachine.a
            machine.type = "openhook_test_vm_t"
            let server = try GuestServer.start(
                """
                openhook 1
                vm vm-a
                peer uid vm-a
                selinux require
                allow rw /srv/images/a/disk.img
                """)
            #expect(try machine.ask(server, ["open", "rdwr", "0", "/srv/images/a/disk.img"]) == ["errno EACCES"])

            // The server does not wait until the record is written.
            _ = try poll {
                let log = try SmallFile.read(SystemPath("/var/log/audit/audit.log"), limit: 64 << 20)
                return String(decoding: log, as: UTF8.self).contains("scontext=\(machine.label)") ? true : nil
            }
            let search = "ausearch --input-logs --message USER_AVC"
            let log = try Guest.shell("\(search) --interpret --subject openhookd_t")
            #expect(
                log.contains(
                    "scontext=\(machine.label) tcontext=\(machine.imageLabel) tclass=file permissive=0"),
                "\(log)")
            let rules = try Guest.shell("\(search) --raw | grep openhook_test_vm_t | audit2allow")
            #expect(
                rules.contains("allow openhook_test_vm_t svirt_image_t:file { getattr ioctl lock read write };"),
                "\(rules)")
        }
    }
}
