import HookLinux
import SystemPackage

/// How much longer a VM takes from its start to its end when its files are opened by a broker that answers its system
/// calls: launcher and broker included.
///
/// QEMU boots, alone and under `openhook run --via notify` in turn, from a sector that ends it at once: the shortest boot
/// there is, of which everything beside it is the largest part.
struct BootBench: ~Copyable {
    private let launcher: SystemPath
    private let folder: TemporaryFolder

    /// What came of it, in milliseconds.
    struct Outcome {
        let alone: Double
        let notified: Double

        var ratio: Double { notified / alone }

        var table: String {
            func text(_ value: Double, _ digits: Int) -> String {
                let factor = digits == 1 ? 10.0 : 1000.0
                return "\((value * factor).rounded() / factor)"
            }
            return
                "boot, median: alone \(text(alone, 1)) ms, under notify \(text(notified, 1)) ms, ratio \(text(ratio, 3))"
        }
    }

    /// - Parameter launcher: the file of `openhook`.
    init(launcher: String, under directory: String) throws {
        let made = try TemporaryFolder(SystemPath(text: directory + "/openhook-boot."), .removed)
        try Self.fill(made)
        folder = made
        self.launcher = SystemPath(text: launcher)
    }

    private static func fill(_ folder: borrowing TemporaryFolder) throws(Errno) {
        try folder.setMode(0o755)
        try folder.makeDirectory("images", mode: 0o700)
        try folder.makeFile("images/boot.raw", mode: 0o600, sector)
        let lines = [
            "openhook 1", "vm bench", "selinux off", "peer uid nobody", "root images \(folder.name("images").text) {",
            "allow rw boot.raw", "}", "",
        ]
        try folder.makeFile("policy", mode: 0o644, Array(lines.joined(separator: "\n").utf8))
    }

    /// `mov dx,f4; mov al,0; out dx,al`: isa-debug-exit ends QEMU with status 1.
    private static let sector =
        [0xBA, 0xF4, 0x00, 0xB0, 0x00, 0xEE, 0xF4] + [UInt8](repeating: 0, count: 503) + [0x55, 0xAA]
        + [UInt8](repeating: 0, count: 1 << 20)

    /// Boots so many times each way, in turn.
    borrowing func run(rounds: Int) throws -> Outcome {
        var alone: [Double] = []
        var notified: [Double] = []
        for _ in 0..<rounds {
            alone.append(try time(SystemPath("/usr/bin/qemu-system-x86_64"), Self.qemu(folder.name("images/boot.raw"))))
            notified.append(try time(launcher, launch()))
        }
        return Outcome(alone: median(alone), notified: median(notified))
    }

    private static func qemu(_ image: SystemPath) -> [String] {
        [
            "-machine", "pc", "-accel", "tcg", "-m", "16", "-nodefaults", "-no-user-config", "-display", "none",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04",
            "-blockdev", "driver=raw,node-name=disk,file.driver=file,file.filename=\(image.text)",
            "-device", "ide-hd,drive=disk",
        ]
    }

    private borrowing func launch() -> [String] {
        [
            "run", "--policy", folder.name("policy").text, "--via", "notify", "--user", "nobody", "--audit",
            folder.name("audit").text, "--", "/usr/bin/qemu-system-x86_64",
        ] + Self.qemu(folder.name("images/boot.raw"))
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
        guard ending == .exited(1) else { throw BenchError.bootFailed(program.text, "\(ending)") }
        return time
    }
}
