import HookLinux
import TestSupport
import Testing

extension GuestTests {
    /// A QEMU without the hook, whose system calls are answered: the broker in `openhookd_t`, QEMU in `svirt_t`.
    @Suite struct NotifyTests {
        private static let image = "\(GuestLaunch.images)/disk.img"
        private static let others = "/srv/images/b/disk.img"

        /// Sets the module's booleans for QEMU without the hook.
        private static func set(_ boolean: String, _ value: String) throws {
            try Guest.run("setsebool", "openhook_use_\(boolean)", value)
        }

        /// What each way of starting it must come to: opening, looking, another VM's file.
        private static let opening = ["open \(image) 2", "stat \(image)", "open \(others) 0"]
        private static let opened = ["ok a/disk", "ok 7 0100777", "EACCES"]

        /// The library asks about opens alone.
        private static let byLibrary = ["open \(image) 2", "open \(others) 0"]
        private static let givenByLibrary = ["ok a/disk", "EACCES"]

        private static let booleanIsOff = """
            SELinux's boolean openhook_use_notify is off, without which no broker may read the names that QEMU asks for \
            (setsebool -P openhook_use_notify on)
            """

        @Test func `its opens are decided by its label, and it gets its files`() throws {
            try Self.set("notify", "on")
            defer { _ = try? Self.set("notify", "off") }
            let launch = try GuestLaunch()
            let run = try launch.run(via: "notify", Self.opening)
            #expect(run.lines.map { $0.trimming } == Self.opened, "\(run)")
            let refusal = try #require(try launch.records("refused").last)
            #expect(refusal["peer_label"] == VirtualMachine.a.label)
            #expect(refusal.stage == "label")
            #expect(
                refusal.reason
                    == "SELinux denies { read lock ioctl } on \(VirtualMachine.b.imageLabel) (file) to "
                    + VirtualMachine.a.label)
        }

        @Test
        func `the file that says which process serves is taken over from one that was killed, and goes at the end`()
            throws
        {
            try Self.set("notify", "on")
            defer { _ = try? Self.set("notify", "off") }
            let launch = try GuestLaunch()
            let file = "/run/openhook/vm-a/broker.pid"
            // The first one makes the directory.
            #expect(try launch.run(via: "notify", ["stat \(Self.image)"]).lines == ["ok 7 0100777"])
            #expect(try Guest.shell("test ! -e \(file); echo $?") == "0\n")
            try Guest.shell("echo 1 >\(file)")
            #expect(try launch.run(via: "notify", ["stat \(Self.image)"]).lines == ["ok 7 0100777"])
            #expect(try Guest.shell("test ! -e \(file); echo $?") == "0\n")
        }

        @Test func `it connects to what the policy names, makes sockets of its own, and reaches TCP ports`() throws {
            try Self.set("notify", "on")
            defer { _ = try? Self.set("notify", "off") }
            let launch = try GuestLaunch()
            let own = "/run/openhook/vm-a/qemu/monitor"
            _ = try? Guest.run("rm", "-f", own)
            let run = try launch.run(
                via: "notify",
                ["connect \(launch.services.path("service"))", "bind \(own)", "connect \(own)", "reach 5999"])
            // Nobody accepts at the last two: what is refused there has got through.
            #expect(run.lines == ["ok", "ok", "ECONNREFUSED", "ECONNREFUSED"], "\(run)")
        }

        @Test func `with delete in the policy it may remove and rename, if the boolean lets the server`() throws {
            try Self.set("notify", "on")
            defer { _ = try? Self.set("notify", "off") }
            let launch = try GuestLaunch()
            let (first, second) = ("\(GuestLaunch.images)/doomed", "\(GuestLaunch.images)/doomed-2")
            let commands = ["unlink \(first)", "rename \(second) \(second)-new", "unlink \(second)-new"]

            #expect(try launch.run(via: "notify", Array(commands.dropLast())).lines == ["EACCES", "EACCES"])

            try Self.set("delete", "on")
            defer { _ = try? Self.set("delete", "off") }
            #expect(try launch.run(via: "notify", commands).lines == ["ok", "ok", "ok"])
        }

        @Test func `without the boolean notify is refused, and auto takes the library and says why`() throws {
            let launch = try GuestLaunch()
            let notified = try launch.run(via: "notify", Self.opening)
            #expect(notified.ending == .exited(3))
            #expect(notified.errors == "openhook: \(Self.booleanIsOff)\n")

            let automatic = try launch.run(via: "auto", Self.byLibrary)
            #expect(automatic.lines.map { $0.trimming } == Self.givenByLibrary, "\(automatic)")
            #expect(
                automatic.errors.hasPrefix(
                    "openhook: via preload, because \(Self.booleanIsOff). The library adds access and takes none away: what "
                        + "QEMU itself may open it opens without the broker\n"), "\(automatic.errors)")
        }

        @Test func `a launcher in the VM's domain attaches it to a server that runs`() throws {
            try Self.set("notify", "on")
            defer { _ = try? Self.set("notify", "off") }
            let launch = try GuestLaunch()
            let server = try launch.server()
            #expect(try server.label == "system_u:system_r:openhookd_t:s0")
            let run = try launch.attach(to: server, via: "notify", Self.opening)
            #expect(run.lines.map { $0.trimming } == Self.opened, "\(run)")
            #expect(try server.records("attached").first?["peer_uid"] == "2001")
        }

        @Test func `a launcher in the VM's domain sees the boolean, too`() throws {
            let launch = try GuestLaunch(peer: "type svirt_t")
            let server = try launch.server()
            let notified = try launch.attach(to: server, via: "notify", Self.opening)
            #expect(notified.ending == .exited(3))
            #expect(notified.errors == "openhook: \(Self.booleanIsOff)\n")

            let automatic = try launch.attach(to: server, via: "auto", Self.byLibrary)
            #expect(automatic.lines.map { $0.trimming } == Self.givenByLibrary, "\(automatic)")
            #expect(
                automatic.errors.hasPrefix("openhook: via preload, because \(Self.booleanIsOff). "),
                "\(automatic.errors)")
        }

        /// `openhook_starter` has it, the tests' domain has it from elsewhere: so it is asked about one that joins by the interface.
        @Test func `a launcher that changes the label may hand the library on`() throws {
            #expect(
                try Guest.isAllowed(
                    "system_u:system_r:openhook_test_launcher_t:s0", VirtualMachine.a.label, "process", "noatsecure"))
        }
    }
}

extension String {
    /// The probe prints what it reads of a file, its end of line included.
    fileprivate var trimming: String { String(reversed().drop { $0.isWhitespace }.reversed()) }
}
