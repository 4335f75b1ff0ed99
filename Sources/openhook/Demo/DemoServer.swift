import HookLinux
import SystemPackage

/// The real openhookd, on the demo's policy. It is ended by `stop`, and by the kernel if this process goes first.
struct DemoServer: ~Copyable {
    private let process: ChildProcess

    /// How long a start or an end may take, in milliseconds.
    private static let patience: Int32 = 10_000

    /// Starts it, and waits until it serves.
    init(_ program: SystemPath, on stage: borrowing DemoStage, for wall: Wall) throws(Failure) {
        do { process = try Self.start(program, on: stage, for: wall) } catch {
            let said = (try? SmallFile.read(stage.directory.name(Self.logName), limit: 1 << 20)) ?? []
            throw Failure(
                .environment,
                "openhookd (\(program.text)) cannot be started: \(error.described)\n\(String(decoding: said, as: UTF8.self))"
            )
        }
    }

    private static let logName = "run/openhookd.log"

    /// - Throws: `ECHILD` if it ended instead of serving.
    private static func start(
        _ program: SystemPath, on stage: borrowing DemoStage, for wall: Wall
    ) throws(Errno) -> ChildProcess {
        let ready = try UnixSocket.pair(.stream)
        let output = try stage.directory.openLog(logName)
        var arguments = [
            "--policy", stage.directory.name(DemoStage.policyName).text,
            "--socket", stage.directory.name(DemoStage.socketName).text,
            "--audit", stage.directory.name(DemoStage.auditName).text, "--ready-fd", "3",
        ]
        if case .otherUser(let user) = wall { arguments += ["--uid", "\(user.uid)"] }
        var command = ChildProcess.Command(program: program, arguments: arguments.map { Array($0.utf8) })
        command.descriptors = [-1, output.number, output.number, ready.second.descriptor.number]
        command.endsWithParent = true
        let process = try ChildProcess(command)
        let first = ready.takeFirst()
        guard try Polling.wait(for: first.descriptor.number, milliseconds: patience) else { throw .timedOut }
        var word = [UInt8](repeating: 0, count: 16)
        guard try first.descriptor.read(into: &word) > 0 else { throw .noChildProcess }
        return process
    }

    /// Has it answer what it was asked, write its records and end.
    consuming func stop() throws(Failure) -> ChildProcess.Ending {
        do throws(Errno) {
            try process.send(signal: .terminate)
            if let ending = try process.wait(milliseconds: Self.patience) { return ending }
            try process.send(signal: .kill)
            return try process.wait()
        } catch {
            throw Failure(.environment, "openhookd cannot be ended: \(error.described)")
        }
    }
}
