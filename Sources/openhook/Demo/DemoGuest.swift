import HookLinux
import SystemPackage

/// An unmodified QEMU whose only way to its disk is the broker.
struct DemoGuest {
    let qemu: SystemPath
    let wall: Wall

    /// What came of it. Every text is what a program itself said.
    struct Outcome {
        /// What QEMU said of the image when nothing helped it.
        let refusal: String
        let isRefusedAlone: Bool
        let console: String
        let ending: ChildProcess.Ending?
        /// Whether the sector that the guest wrote is in the image.
        let sectorIsWritten: Bool

        /// What is not as it should be; empty if all is.
        var differences: [String] {
            var found: [String] = []
            if !isRefusedAlone { found.append("QEMU reached the image without the broker: \(refusal)") }
            if !console.contains(BootSector.bootMessage) { found.append("the guest did not start: \(console)") }
            if !console.contains(BootSector.writeMessage) { found.append("the guest could not write its disk") }
            if ending != .exited(0) { found.append("QEMU did not end well: \(endingWords)") }
            if !sectorIsWritten { found.append("what the guest wrote is not in the image") }
            return found
        }

        private var endingWords: String {
            switch ending {
            case .exited(let status): "exit status \(status)"
            case .signalled(let signal): "signal \(signal)"
            case nil: "it ran for \(DemoGuest.patience / 1000) s and was killed"
            }
        }
    }

    /// How long a guest may run, in milliseconds.
    private static let patience: Int32 = 30_000

    private enum Hook { case none, preload }

    /// Starts QEMU without the broker, then with it, and looks at the image.
    func boot(on stage: borrowing DemoStage) throws(Failure) -> Outcome {
        let alone = try run(.none, on: stage, log: "run/qemu-alone.log")
        let hooked = try run(.preload, on: stage, log: "run/qemu.log")
        return Outcome(
            refusal: alone.output,
            isRefusedAlone: alone.ending == .exited(1) && alone.output.hasSuffix("Permission denied"),
            console: hooked.output,
            ending: hooked.ending, sectorIsWritten: try sectorIsWritten(on: stage))
    }

    private func run(
        _ hook: Hook, on stage: borrowing DemoStage, log: String
    ) throws(Failure) -> (ending: ChildProcess.Ending?, output: String) {
        do throws(Errno) {
            let output = try stage.directory.openLog(log)
            var command = ChildProcess.Command(program: qemu, arguments: Self.arguments(on: stage))
            command.environment = Self.environment(hook, on: stage)
            command.descriptors = [-1, output.number, output.number]
            command.endsWithParent = true
            wall.confine(&command, run: stage.directory.name("run"))
            let process = try ChildProcess(command)
            let ending = try process.wait(milliseconds: Self.patience)
            if ending == nil {
                try process.send(signal: .kill)
                _ = try process.wait()
            }
            let said = try SmallFile.read(stage.directory.name(log), limit: 1 << 20)
            return (ending, Self.lines(said))
        } catch {
            throw Failure(.environment, "QEMU (\(qemu.text)) cannot be started: \(error.described)")
        }
    }

    private static func arguments(on stage: borrowing DemoStage) -> [[UInt8]] {
        let image = stage.directory.name(DemoStage.guestImage).text
        let words =
            "-machine pc -accel tcg -m 32 -display none -nodefaults -no-user-config -serial stdio -no-reboot"
            .split(separator: " ").map(String.init) + [
                "-blockdev", "driver=qcow2,node-name=disk,file.driver=file,file.filename=\(image)",
                "-device", "ide-hd,drive=disk",
            ]
        return words.map { Array($0.utf8) }
    }

    private static func environment(_ hook: Hook, on stage: borrowing DemoStage) -> [[UInt8]] {
        var words = ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"]
        if hook == .preload {
            words += [
                "LD_PRELOAD=" + stage.directory.name(DemoStage.libraryName).text,
                "OPENHOOK_SOCKET=" + stage.directory.name(DemoStage.socketName).text,
                "OPENHOOK_PATHS=" + stage.directory.name("images").text,
            ]
        }
        return words.map { Array($0.utf8) }
    }

    /// What was said, in one line, without what a terminal would act upon.
    private static func lines(_ bytes: [UInt8]) -> String {
        bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            .map { line in String(decoding: line.filter { (0x20..<0x7F).contains($0) }, as: UTF8.self) }
            .filter { !$0.isEmpty }.joined(separator: "; ")
    }

    private func sectorIsWritten(on stage: borrowing DemoStage) throws(Failure) -> Bool {
        do {
            let file = try SmallFile.read(stage.directory.name(DemoStage.guestImage), limit: 64 << 20)
            return file.dropFirst(Qcow2Image.dataOffset + 512).starts(with: BootSector.writtenText.utf8)
        } catch {
            throw Failure(.environment, "the guest's image cannot be read: \(error.described)")
        }
    }
}
