import HookLinux
import SystemPackage

/// The demo's own files: images, a policy, and room for a socket and for what programs say.
///
///     openhook-demo.x1y2z3/
///         vm.policy   audit.jsonl
///         images/     what the policy is about; closed to everybody else
///         outside/    what it is not about
///         run/        the socket, the preload library, output of programs
struct DemoStage: ~Copyable {
    let directory: TemporaryFolder

    static let policyName = "vm.policy"
    static let auditName = "audit.jsonl"
    static let socketName = "run/hook.sock"
    static let libraryName = "run/libopenhook-preload.so"
    static let guestImage = "images/guest.qcow2"

    /// The policy's text.
    let policy: String

    init(_ fate: TemporaryFolder.Fate, wall: Wall) throws(Failure) {
        do throws(Errno) {
            directory = try Self.make(fate, wall)
            policy = Self.policy(in: directory, wall)
        } catch {
            throw Failure(
                .environment, "no scratch folder can be made in \(Self.parent.text): \(error.described); set TMPDIR")
        }
    }

    /// Root's TMPDIR may be one that nobody else can reach, and QEMU is to run as somebody else.
    private static var parent: SystemPath {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-".utf8)
        guard ThisProcess.effectiveUser != 0, let wanted = ThisProcess.environment("TMPDIR"),
            wanted.first == UInt8(ascii: "/"), wanted.allSatisfy(plain.contains), let path = try? SystemPath(wanted)
        else { return SystemPath("/tmp") }
        return path
    }

    private static var beginning: SystemPath { SystemPath(text: parent.text + "/openhook-demo.") }

    private static func make(_ fate: TemporaryFolder.Fate, _ wall: Wall) throws(Errno) -> TemporaryFolder {
        let directory = try TemporaryFolder(beginning, fate)
        try directory.setMode(0o755)
        try directory.makeDirectory("images", mode: 0o700)
        try directory.makeDirectory("images/base", mode: 0o700)
        try directory.makeDirectory("images/snapshots", mode: 0o700)
        try directory.makeDirectory("outside", mode: 0o700)
        try directory.makeDirectory("run", mode: 0o755)
        let image = Qcow2Image.bytes()
        for name in ["images/disk.qcow2", "images/base/golden.qcow2", "outside/secret.qcow2"] {
            try directory.makeFile(name, mode: 0o600, image)
        }
        try directory.makeLink("images/link-to-outside.qcow2", to: "../outside/secret.qcow2")
        try directory.makeFile(guestImage, mode: 0o600, Qcow2Image.bytes(beginningWith: BootSector.bytes))
        try directory.makeFile(policyName, mode: 0o600, Array(policy(in: directory, wall).utf8))
        return directory
    }

    private static func policy(in directory: borrowing TemporaryFolder, _ wall: Wall) -> String {
        """
        openhook 1

        vm demo
        selinux if-enabled
        \(wall.users.map { "peer uid \($0)" }.joined(separator: "\n"))

        root images \(directory.name("images").text) {
            symlinks inside
            allow rw disk.qcow2
            allow ro base/*.qcow2
            allow rw link-to-outside.qcow2
            allow rw snapshots/*.qcow2 create mode 0600 limit 8
            allow rw guest.qcow2
        }

        """
    }
}
