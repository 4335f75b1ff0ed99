import HookClient
import HookLinux
import SystemPackage

/// The demo from its beginning to its end: a stage, a server, questions, a guest, the records.
struct Demo {
    let server: SystemPath
    let guest: GuestPlan
    let wall: Wall
    let fate: TemporaryFolder.Fate
    /// Says what is being done.
    let tell: (String) -> Void

    /// Whether a QEMU is started.
    enum GuestPlan {
        case boot(qemu: SystemPath, preload: SystemPath)
        case skip(why: String)
    }

    func run() throws(Failure) -> DemoReport {
        let stage = try DemoStage(fate, wall: wall)
        tell("images and a policy are in \(stage.directory.path.text)")
        tell("starting \(server.text)")
        let running = try DemoServer(server, on: stage, for: wall)
        tell("asking for \(DemoQuestion.all.count) files")
        let errnos = try ask(on: stage)
        let outcome = try boot(on: stage)
        guard try running.stop() == .exited(0) else {
            throw Failure(.refused, "openhookd did not end well: see its records")
        }
        let records = try records(of: stage)
        return DemoReport(
            answers: answers(errnos, records, on: stage), guest: outcome, plan: guest, wall: wall, records: records,
            policy: stage.policy, folder: stage.directory.path.text, fate: fate)
    }

    /// One connection for all: the n-th request is the n-th question.
    private func ask(on stage: borrowing DemoStage) throws(Failure) -> [Errno?] {
        let connection: HookConnection
        do { connection = try HookConnection.connect(to: stage.directory.name(DemoStage.socketName).bytes) } catch {
            throw Failure(.environment, "\(error)")
        }
        var errnos: [Errno?] = []
        for question in DemoQuestion.all { errnos.append(try question.ask(connection, on: stage)) }
        return errnos
    }

    private func boot(on stage: borrowing DemoStage) throws(Failure) -> DemoGuest.Outcome? {
        guard case .boot(let qemu, let preload) = guest else { return nil }
        tell("booting \(qemu.text) behind its wall, without the broker and with it")
        do throws(Errno) {
            let library = try SmallFile.read(preload, limit: 64 << 20)
            try stage.directory.makeFile(DemoStage.libraryName, mode: 0o755, library)
        } catch {
            throw Failure(.environment, "\(preload.text) cannot be copied: \(error.described)")
        }
        return try DemoGuest(qemu: qemu, wall: wall).boot(on: stage)
    }

    private func records(of stage: borrowing DemoStage) throws(Failure) -> [AuditLine] {
        let file: [UInt8]
        do { file = try SmallFile.read(stage.directory.name(DemoStage.auditName), limit: 64 << 20) } catch {
            throw Failure(.environment, "the audit records cannot be read: \(error.described)")
        }
        return file.split(separator: UInt8(ascii: "\n")).compactMap { AuditLine(Array($0)) }
    }

    /// The record of a request is the last that says how it was decided.
    private func answers(
        _ errnos: [Errno?], _ records: [AuditLine], on stage: borrowing DemoStage
    ) -> [DemoAnswer] {
        let decisions: Set<String?> = ["opened", "refused", "would-deny"]
        var answers: [DemoAnswer] = []
        for (index, question) in DemoQuestion.all.enumerated() {
            let name = stage.directory.name(question.name).text
            let record = records.last {
                $0["request"] == "\(index + 1)" && $0["name"] == name && decisions.contains($0["event"])
            }
            answers.append(DemoAnswer(question: question, errno: errnos[index], record: record))
        }
        return answers
    }
}
