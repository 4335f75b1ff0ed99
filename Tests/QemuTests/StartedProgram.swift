import Foundation
import HookLinux
import SystemPackage

/// A program that runs, with its output and its errors in files. It ends with the test at the latest.
final class StartedProgram {
    private let process: ChildProcess
    private var hasEnded = false
    private let outputFile: URL
    private let errorFile: URL

    var pid: Int32 { process.pid }

    /// - Parameters:
    ///   - environment: `NAME=value`; there is nothing else in it.
    ///   - passing: descriptors that become 3, 4, …
    ///   - directory: where the files of its output are made.
    init(
        _ program: String, _ arguments: [String], environment: [String] = [], user: UserIdentity? = nil,
        passing: [CInt] = [], in directory: URL
    ) throws {
        let name = "\(URL(filePath: program).lastPathComponent)-\(UUID().uuidString)"
        outputFile = directory.appending(component: "\(name).out")
        errorFile = directory.appending(component: "\(name).err")
        try Data().write(to: outputFile)
        try Data().write(to: errorFile)
        let output = try FileHandle(forWritingTo: outputFile)
        let errors = try FileHandle(forWritingTo: errorFile)
        var command = ChildProcess.Command(
            program: SystemPath(text: program), arguments: arguments.map { Array($0.utf8) })
        command.environment = environment.map { Array($0.utf8) }
        command.descriptors = [-1, output.fileDescriptor, errors.fileDescriptor] + passing
        command.user = user
        command.endsWithParent = true
        process = try ChildProcess(command)
        withExtendedLifetime((output, errors)) {}
    }

    deinit {
        guard !hasEnded else { return }
        try? process.send(signal: .kill)
        _ = try? process.wait()
    }

    func send(_ signal: Signal) throws { try process.send(signal: signal) }

    /// Waits for the end.
    func end() throws -> ChildProcess.Ending {
        guard let ending = try process.wait(milliseconds: Patience.milliseconds) else {
            throw Impasse("process \(pid) does not end: \(self.errors)")
        }
        hasEnded = true
        return ending
    }

    /// Whether it runs; asked before ``end()`` alone.
    var isRunning: Bool {
        let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return state?.split(separator: ") ").last?.first != "Z"
    }

    var output: String { Self.text(outputFile) }
    var errors: String { Self.text(errorFile) }

    private static func text(_ file: URL) -> String {
        guard let data = try? Data(contentsOf: file) else { return "(\(file.path) cannot be read)" }
        return String(decoding: data, as: UTF8.self)
    }
}

/// A program that has run to its end.
struct FinishedProgram: CustomStringConvertible {
    let ending: ChildProcess.Ending
    let output: String
    let errors: String

    init(
        _ program: String, _ arguments: [String], environment: [String] = [], user: UserIdentity? = nil,
        in directory: URL
    ) throws {
        let program = try StartedProgram(program, arguments, environment: environment, user: user, in: directory)
        ending = try program.end()
        output = program.output
        errors = program.errors
    }

    var succeeded: Bool { ending == .exited(0) }
    var description: String { "\(ending)\n\(output)\(errors)" }
}
