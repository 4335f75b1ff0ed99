import HookLinux
import SystemPackage
import TestSupport

/// VM a's QEMU, started by `openhook run`: a probe, which knows nothing of a hook, in `svirt_t`.
///
/// Its policy grants an image of its own, one of VM b's by mistake, and lets it remove what is called `doomed`.
final class GuestLaunch {
    static let probe = "/t/usr/bin/qemu-system-probe"
    /// The launcher with the label of QEMU's program, as where libvirt starts it in the VM's domain.
    static let launcherInDomain = "/t/usr/bin/qemu-system-launcher"
    static let images = "/srv/images/a"

    let directory: ScratchDirectory
    /// Where somebody else listens, as virtlogd does: a directory of services in /run.
    let services: ScratchDirectory
    private let listener: UnixSocket
    private let peer: String

    /// - Parameter peer: the policy's statement about the label; that for libvirt names the type alone.
    init(peer: String = "label \(VirtualMachine.a.label)") throws {
        self.peer = peer
        try FileSystem.all.get()
        directory = try ScratchDirectory(in: "/run/openhook")
        services = try ScratchDirectory(in: "/run")
        listener = try UnixSocket(.stream)
        try listener.bind(to: SystemPath(text: services.path("service")))
        try listener.listen()
        try services.setMode("service", 0o666)
        try directory.file("policy", policy, mode: 0o644)
        try Guest.shell(
            """
            cd \(Self.images)
            for name in doomed doomed-2; do echo image >$name; chmod 666 $name; done
            chcon \(VirtualMachine.a.imageLabel) doomed doomed-2
            """)
    }

    private var policy: String {
        """
        openhook 1
        vm vm-a
        peer uid vm-a
        peer \(peer)
        selinux require
        own socket \(services.path)
        allow rw \(Self.images)/disk.img
        allow rw \(Self.images)/doomed* create delete
        allow rw /srv/images/b/disk.img
        """
    }

    /// Runs the probe with a broker of its own, by root, who gives it VM a's user and label.
    ///
    /// - Parameter commands: the probe's, a line of its output each.
    func run(via way: String, _ commands: [String]) throws -> Program.Output {
        try Program.run(
            BuiltProgram.path("openhook"),
            [
                "run", "--policy", directory.path("policy"), "--user", "vm-a", "--transition", "--audit",
                directory.path("audit"),
            ] + options(way, commands), environment: Guest.environment)
    }

    /// Runs the probe attached to a server, by a launcher that is in the VM's domain already.
    func attach(to server: TestServer, via way: String, _ commands: [String]) throws -> Program.Output {
        let machine = VirtualMachine.a
        return try Program.run(
            "/usr/bin/runcon",
            [machine.label, Self.launcherInDomain, "run", "--attach", server.directory.path("launch")]
                + options(way, commands), environment: Guest.environment + ["TMPDIR=/tmp"], user: machine.user)
    }

    /// A server that launchers find.
    func server() throws -> TestServer {
        let text = policy
        return try TestServer(text, in: directory) { settings in
            settings.source = .none
            settings.arguments = ["--launch", directory.path("launch"), "--uid", "vm-a"]
        }
    }

    private func options(_ way: String, _ commands: [String]) throws -> [String] {
        // Landlock of Linux 6.1 is too old for the wall; SELinux is what is looked at here.
        ["--via", way, "--no-wall", "--preload", try BuiltProgram.path("libopenhook-preload.so"), "--", Self.probe]
            + commands.flatMap { $0.split(separator: " ").map(String.init) + [","] }.dropLast()
    }

    func records(_ event: String) throws -> [AuditLine] {
        guard directory.exists("audit") else { return [] }
        return try AuditLine.lines(of: directory.text("audit")).filter { $0.event == event }
    }
}
