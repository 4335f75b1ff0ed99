import HookLinux
import TestSupport
import Testing

extension GuestTests {
    /// A server that cannot reach selinuxfs, in each of the ways in which libselinux would answer "allowed".
    @Suite struct CutOffTests {
        private static let policy = """
            openhook 1
            vm vm-a
            peer uid vm-a
            selinux if-enabled
            allow rw /srv/images/*/disk.img
            """

        /// Starts a server with mounts of its own, that shell commands change, and expects it to end.
        private static func startInVain(_ commands: String) throws -> Program.Output {
            let directory = try ScratchDirectory(in: "/run/openhook")
            try directory.file("policy", policy, mode: 0o644)
            return try Program.run(
                "unshare",
                [
                    "--mount", "sh", "-ec", "\(commands); exec \"$0\" \"$@\"", BuiltProgram.path("openhookd"),
                    "--policy", directory.path("policy"), "--socket", directory.path("socket"),
                    "--audit", directory.path("audit"),
                ], environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
        }

        @Test(arguments: ["umount /sys/fs/selinux", "mount -o remount,bind,ro /sys/fs/selinux"])
        func `without selinuxfs, or with it read-only, it does not start`(_ commands: String) throws {
            let run = try Self.startInVain(commands)
            #expect(run.ending == .exited(3))
            #expect(
                run.errors
                    == """
                    openhookd: this kernel has SELinux, and the server cannot use it: selinux_status_open: ENOENT (No such \
                    file or directory): mount selinuxfs on /sys/fs/selinux for the server, writable (no \
                    ProtectKernelTunables=), and allow it `security_t:dir search` and \
                    `security_t:file { open read map }`

                    """)
        }

        @Test func `when selinuxfs goes away what was not asked before is refused`() throws {
            try FileSystem.all.get()
            let server = try GuestServer.start(Self.policy) { $0.wrapper = ["unshare", "--mount"] }
            try Guest.run("nsenter", "--target", "\(server.pid)", "--mount", "umount", "--lazy", "/sys/fs/selinux")
            for image in ["a", "b"] {
                #expect(
                    try VirtualMachine.a.ask(server, ["open", "rdwr", "0", "/srv/images/\(image)/disk.img"])
                        == ["errno EACCES"])
            }
            let refusal = try server.awaitRecord("refused", count: 2)
            #expect(refusal.stage == "label")
            #expect(refusal.reason.hasPrefix("SELinux could not be asked: "), "\(refusal.reason)")
        }

        @Test func `without /etc/selinux/config it decides as always`() throws {
            try FileSystem.all.get()
            let server = try GuestServer.start(Self.policy) {
                $0.wrapper = [
                    "unshare", "--mount", "sh", "-ec", "mount -t tmpfs none /etc/selinux; exec \"$0\" \"$@\"",
                ]
            }
            #expect(
                try VirtualMachine.a.ask(
                    server,
                    ["open", "rdwr", "0", "/srv/images/a/disk.img", "open", "rdwr", "0", "/srv/images/b/disk.img"])
                    == ["ok flags=rdwr size=7", "errno EACCES"])
        }
    }
}
