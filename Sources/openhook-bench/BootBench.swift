import HookLinux
import SystemPackage

/// How much longer a VM takes from its start to its end when its files are opened by a broker that answers its system
/// calls: launcher and broker included.
///
/// QEMU boots alone and under `openhook run --via notify` in turn.
struct BootBench: ~Copyable {
    private let launcher: SystemPath
    private let guest: BootGuest
    private let folder: TemporaryFolder

    private static let qemu = SystemPath("/usr/bin/qemu-system-x86_64")

    /// - Parameter launcher: the file of `openhook`.
    init(launcher: String, guest: BootGuest, under directory: String) throws {
        let made = try TemporaryFolder(SystemPath(text: directory + "/openhook-boot."), .removed)
        try Self.fill(made, for: guest)
        folder = made
        self.guest = guest
        self.launcher = SystemPath(text: launcher)
    }

    private static func fill(_ folder: borrowing TemporaryFolder, for guest: BootGuest) throws {
        try folder.setMode(0o755)
        try folder.makeDirectory("images", mode: 0o700)
        try folder.makeFile("images/boot.raw", mode: 0o600, BootGuest.disk)
        var lines = [
            "openhook 1", "vm bench", "selinux off", "peer uid nobody", "root images \(folder.name("images").text) {",
            "allow rw boot.raw",
        ]
        if case .kernel(let file) = guest {
            // A copy: the policy then names nothing that somebody else chose the name of.
            let kernel = try SmallFile.read(SystemPath(text: file), limit: 256 << 20)
            try folder.makeFile("images/kernel", mode: 0o600, kernel)
            lines.append("allow ro kernel")
        }
        lines += ["}", ""]
        try folder.makeFile("policy", mode: 0o644, Array(lines.joined(separator: "\n").utf8))
    }

    /// Boots so many times each way, in turn. The first boot of each only warms caches up.
    borrowing func run(rounds: Int) throws -> BootResult {
        let words = guest.arguments(disk: folder.name("images/boot.raw"), kernel: folder.name("images/kernel"))
        var alone: [Double] = []
        var notified: [Double] = []
        for round in 0...rounds {
            Progress.show("boot \(round) of \(rounds), alone and under notify")
            let first = try time(Self.qemu, words)
            let second = try time(launcher, launch(words))
            guard round > 0 else { continue }
            alone.append(first)
            notified.append(second)
        }
        return BootResult(
            what: guest.name, rounds: rounds, alone: median(alone), notified: median(notified),
            ratio: median(zip(notified, alone).map { $0 / $1 }))
    }

    private borrowing func launch(_ words: [String]) -> [String] {
        [
            "run", "--policy", folder.name("policy").text, "--via", "notify", "--user", "nobody", "--audit",
            folder.name("audit").text, "--", Self.qemu.text,
        ] + words
    }

    /// From the start to the end, in milliseconds.
    private borrowing func time(_ program: SystemPath, _ words: [String]) throws -> Double {
        var command = ChildProcess.Command(program: program, arguments: words.map { Array($0.utf8) })
        command.environment = ["PATH=/usr/bin:/bin", "RUNTIME_DIRECTORY=\(folder.name("run").text)"].map {
            Array($0.utf8)
        }
        command.environment.append(Array("TMPDIR=\(folder.path.text)".utf8))
        command.descriptors = [-1, -1, -1]
        command.endsWithParent = true
        let began = KernelClock.monotonic()
        let process = try ChildProcess(command)
        let ending = try process.wait()
        let time = Double(KernelClock.monotonic() - began) / 1_000_000
        guard ending == .exited(guest.status) else { throw BenchError.bootFailed(program.text, "\(ending)") }
        return time
    }
}
