import HookLinux
import SystemPackage
import TestSupport
import Testing

extension GuestTests {
    /// What a server does beside opening, in its own domain.
    @Suite struct ConfinedServerTests {
        private static func policy(_ rules: String) -> String {
            """
            openhook 1
            vm vm-a
            peer uid vm-a
            selinux require
            \(rules)
            """
        }

        private static let image = "/srv/images/a/disk.img"

        @Test func `it loads its policy anew when it is told to`() throws {
            try FileSystem.all.get()
            let server = try GuestServer.start(Self.policy("allow ro \(Self.image)"))
            let request = ["open", "rdwr", "0", Self.image]
            #expect(try VirtualMachine.a.ask(server, request) == ["errno EACCES"])
            #expect(try server.reload(Self.policy("allow rw \(Self.image)")).event == "policy-loaded")
            #expect(try VirtualMachine.a.ask(server, request) == ["ok flags=rdwr size=7"])
        }

        @Test func `it opens with another user's rights where the policy says as`() throws {
            try FileSystem.all.get()
            try Guest.shell(
                """
                cd /srv/images/a; echo image >of-a; echo image >of-b; chmod 600 of-a of-b
                chown vm-a of-a; chown vm-b of-b; chcon \(VirtualMachine.a.imageLabel) of-a of-b
                """)
            let server = try GuestServer.start(
                Self.policy(
                    """
                    root images /srv/images/a {
                        as vm-a
                        allow rw of-*
                    }
                    """))
            #expect(
                try VirtualMachine.a.ask(
                    server,
                    ["open", "rdwr", "0", "/srv/images/a/of-a", "open", "rdwr", "0", "/srv/images/a/of-b"])
                    == ["ok flags=rdwr size=6", "errno EACCES"])
        }

        @Test(arguments: [FileSystem.ext4, .labelled])
        func `what it makes has the owner and the label of the policy`(_ fileSystem: FileSystem) throws {
            try FileSystem.all.get()
            try fileSystem.removeCreated()
            let file = "\(fileSystem.root)/a/new-of-policy"
            let server = try GuestServer.start(
                Self.policy(
                    "allow rw \(file) create mode 0640 owner vm-b label \(VirtualMachine.a.imageLabel)"))
            #expect(
                try VirtualMachine.a.ask(server, ["open", "rdwr,creat", "600", file]) == ["ok flags=rdwr size=0"])
            // The directory's type with the server's own level, if nothing were done about it.
            #expect(
                try Guest.run("stat", "--format=%C %U %a", file) == "\(VirtualMachine.a.imageLabel) vm-b 640\n")
        }

        @Test func `it writes records to the system's audit log`() throws {
            try FileSystem.all.get()
            let server = try GuestServer.start(Self.policy("allow rw \(Self.image)")) { $0.audit = "linux" }
            #expect(
                try VirtualMachine.a.ask(server, ["open", "rdwr", "0", Self.image]) == ["ok flags=rdwr size=7"])
            let found = try poll { () -> String? in
                let log = try SmallFile.read(SystemPath("/var/log/audit/audit.log"), limit: 64 << 20)
                return String(decoding: log, as: UTF8.self).split(separator: "\n").map(String.init).last {
                    $0.hasPrefix("type=VIRT_RESOURCE") && $0.contains("pid=\(server.pid) ")
                }
            }
            let record = try #require(found)
            #expect(record.contains("subj=system_u:system_r:openhookd_t:s0"), "\(record)")
            #expect(record.contains(#"vm="vm-a""#) && record.contains("res=success"), "\(record)")
        }
    }
}
