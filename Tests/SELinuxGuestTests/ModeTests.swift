import HookLinux
import TestSupport
import Testing

extension GuestTests {
    /// What an administrator may switch while servers run.
    @Suite struct ModeTests {
        /// VM a, whose policy grants b's image by mistake: SELinux alone refuses.
        private static let policy = """
            openhook 1
            vm vm-a
            peer uid vm-a
            selinux require
            allow rw /srv/images/*/disk.img
            allow rw /mnt/plain/a/disk.img label system_u:object_r:svirt_image_t:s0:c1,c2
            """
        private static let own = ["open", "rdwr", "0", "/srv/images/a/disk.img"]
        private static let others = ["open", "rdwr", "0", "/srv/images/b/disk.img"]
        private static let unlabelled = ["open", "rdwr", "0", "/mnt/plain/a/disk.img"]
        private static let granted = ["ok flags=rdwr size=7"]
        private static let refused = ["errno EACCES"]

        @Test func `with setenforce 0 what the policy denies is granted and recorded as such, until setenforce 1`()
            throws
        {
            try FileSystem.all.get()
            let server = try GuestServer.start(Self.policy)
            #expect(try VirtualMachine.a.ask(server, Self.others) == Self.refused)

            try Guest.run("setenforce", "0")
            defer { _ = try? Guest.run("setenforce", "1") }
            #expect(try VirtualMachine.a.ask(server, Self.others) == Self.granted)
            #expect(try server.records("opened").last?["selinux"] == "permissive")
            #expect(try VirtualMachine.a.ask(server, Self.own) == Self.granted)

            try Guest.run("setenforce", "1")
            #expect(try VirtualMachine.a.ask(server, Self.others) == Self.refused)
        }

        @Test func `a permissive domain is granted what the policy denies, and the record says so`() throws {
            try FileSystem.all.get()
            let server = try GuestServer.start(Self.policy)
            var machine = VirtualMachine.a
            machine.type = "openhook_test_permissive_t"
            #expect(try machine.ask(server, Self.others) == Self.granted)
            #expect(try server.records("opened").last?["selinux"] == "permissive")
        }

        @Test func `the same policy, loaded anew, decides the same`() throws {
            try FileSystem.all.get()
            let server = try GuestServer.start(Self.policy)
            for _ in 0..<2 {
                #expect(try VirtualMachine.a.ask(server, Self.own) == Self.granted)
                #expect(try VirtualMachine.a.ask(server, Self.others) == Self.refused)
                try Guest.run("semodule", "--reload")
            }
        }

        @Test func `a rule more in the policy decides the next request, and a rule less the one after it`() throws {
            try FileSystem.all.get()
            let server = try GuestServer.start(Self.policy)
            var machine = VirtualMachine.a
            machine.type = "openhook_test_vm_t"
            defer { _ = try? Guest.load("policy-with-module") }
            for _ in 0..<2 {
                #expect(try machine.ask(server, Self.own) == Self.refused)
                try Guest.load("policy-with-a-rule-more")
                #expect(try machine.ask(server, Self.own) == Self.granted)
                try Guest.load("policy-with-module")
            }
            #expect(try machine.ask(server, Self.own) == Self.refused)
        }

        @Test func `a boolean is seen at the next request; off, the record names the rule and the boolean`() throws {
            try FileSystem.all.get()
            let server = try GuestServer.start(Self.policy)
            #expect(try VirtualMachine.a.ask(server, Self.unlabelled) == Self.granted)

            try Guest.run("setsebool", "openhook_use_unlabeled_fs", "off")
            defer { _ = try? Guest.run("setsebool", "openhook_use_unlabeled_fs", "on") }
            #expect(try VirtualMachine.a.ask(server, Self.unlabelled) == Self.refused)
            let refusal = try server.awaitRecord("refused")
            #expect(refusal.stage == "label")
            #expect(
                refusal.reason
                    == "the kernel would withhold this descriptor: allow svirt_t nfs_t:file { read write } (install "
                    + "the policy module: semodule -i openhook.pp; then setsebool -P openhook_use_unlabeled_fs on)")

            try Guest.run("setsebool", "openhook_use_unlabeled_fs", "on")
            #expect(try VirtualMachine.a.ask(server, Self.unlabelled) == Self.granted)
        }
    }
}
