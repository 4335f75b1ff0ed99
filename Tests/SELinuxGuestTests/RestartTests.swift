import HookLinux
import TestSupport
import Testing

extension GuestTests {
    /// libvirt gives a VM new categories at each start, and labels its images with them.
    @Suite struct RestartTests {
        private static let oldLevel = "s0:c11,c12"
        private static let newLevel = "s0:c13,c14"

        private static func machine(_ level: String) -> VirtualMachine {
            VirtualMachine(name: "vm-a", user: VirtualMachine.a.user, level: level)
        }

        private static func policy(_ image: String, level: String = "${level}") -> String {
            """
            openhook 1
            vm vm-a
            peer uid vm-a
            peer type svirt_t
            selinux require
            allow rw \(image) label system_u:object_r:svirt_image_t:\(level)
            """
        }

        @Test(arguments: [FileSystem.ext4, .labelled])
        func `a VM that is started with new categories is served by the same policy, and its old label gets nothing`(
            _ fileSystem: FileSystem
        ) throws {
            try FileSystem.all.get()
            let image = "\(fileSystem.root)/a/restarted"
            try Guest.shell("echo image >\(image); chmod 666 \(image)")
            let server = try GuestServer.start(Self.policy(image))
            let (old, new) = (Self.machine(Self.oldLevel), Self.machine(Self.newLevel))
            let request = ["open", "rdwr", "0", image]

            try Guest.run("chcon", old.imageLabel, image)
            #expect(try old.ask(server, request) == ["ok flags=rdwr size=6"])

            try Guest.run("chcon", new.imageLabel, image)
            #expect(try new.ask(server, request) == ["ok flags=rdwr size=6"])
            #expect(try old.ask(server, request) == ["errno EACCES"])
            let refusal = try server.awaitRecord("refused")
            #expect(refusal.stage == "label")
            #expect(refusal.reason == "the file's label is \(new.imageLabel), not the one that the rule names")
            #expect(refusal["peer_label"] == old.label)
        }

        /// There is no file's label that could say whose it is now. `${level}` takes the level of whoever asks, so what
        /// parts the old VM from the new one is who can reach the socket.
        @Test func `on NFS without labels the policy's label follows the VM's categories, the old ones as well`()
            throws
        {
            try FileSystem.all.get()
            let image = "\(FileSystem.plain.root)/a/restarted"
            try Guest.shell("echo image >\(image); chmod 666 \(image)")
            let server = try GuestServer.start(Self.policy(image))
            for machine in [Self.machine(Self.oldLevel), Self.machine(Self.newLevel)] {
                #expect(try machine.ask(server, ["open", "rdwr", "0", image]) == ["ok flags=rdwr size=6"])
                #expect(try server.records("opened").last?["object_label"] == machine.imageLabel)
            }
        }

        @Test func `on NFS without labels a level that the policy pins keeps the old label out, from the reload on`()
            throws
        {
            try FileSystem.all.get()
            let image = "\(FileSystem.plain.root)/a/restarted"
            try Guest.shell("echo image >\(image); chmod 666 \(image)")
            let server = try GuestServer.start(Self.policy(image, level: Self.oldLevel))
            let (old, new) = (Self.machine(Self.oldLevel), Self.machine(Self.newLevel))
            let request = ["open", "rdwr", "0", image]
            #expect(try old.ask(server, request) == ["ok flags=rdwr size=6"])
            #expect(try new.ask(server, request) == ["errno EACCES"])

            #expect(try server.reload(Self.policy(image, level: Self.newLevel)).event == "policy-loaded")
            #expect(try new.ask(server, request) == ["ok flags=rdwr size=6"])
            #expect(try old.ask(server, request) == ["errno EACCES"])
            let refusal = try server.awaitRecord("refused", count: 2)
            #expect(refusal.stage == "label")
            #expect(
                refusal.reason
                    == "SELinux denies { read write lock ioctl open } on \(new.imageLabel) (file) to \(old.label)")
        }
    }
}
