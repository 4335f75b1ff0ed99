import HookLinux
import TestSupport
import Testing

extension GuestTests {
    /// A host whose administrator has not installed the policy module: the server runs as whoever starts it.
    @Suite struct WithoutModuleTests {
        @Test func `the answer is EACCES, and the record says which rule is missing and how to install it`() throws {
            try FileSystem.all.get()
            try Guest.load("policy-without-module")
            defer { _ = try? Guest.load("policy-with-module") }
            let directory = try ScratchDirectory()
            try Guest.shell(
                """
                cp /t/usr/sbin/openhookd \(directory.path); chcon system_u:object_r:bin_t:s0 \(directory.path)/openhookd
                """)
            let server = try TestServer(
                """
                openhook 1
                vm vm-a
                peer type svirt_t
                selinux require
                allow rw /srv/images/a/disk.img
                """, in: directory
            ) {
                $0.source = .inherited(.stream)
                $0.wrapper = [
                    "runcon", "unconfined_u:unconfined_r:unconfined_t:s0", "/bin/sh", "-c",
                    "exec \(directory.path)/openhookd \"$@\"",
                ]
            }
            try directory.setMode("socket", 0o666)
            #expect(try server.label == "unconfined_u:unconfined_r:unconfined_t:s0")

            #expect(
                try VirtualMachine.a.ask(server, ["open", "rdwr", "0", "/srv/images/a/disk.img"]) == ["errno EACCES"])
            let refusal = try server.awaitRecord("refused")
            #expect(refusal.stage == "label")
            #expect(
                refusal.reason
                    == "the kernel would withhold this descriptor: allow svirt_t unconfined_t:fd use "
                    + "(install the policy module: semodule -i openhook.pp)")
        }
    }
}
