import Foundation
import Glibc
import HookLinux
import SystemPackage
import TestSupport

/// The probe, started by `openhook run` as a user without rights, with a policy and images of root's.
///
///     images/disk.raw     granted, `image`          images/secret.raw   not granted, `secret`, for everybody by its mode
///     images/…            what a test adds          work/               the program's own directory
final class GuardedProgram {
    /// Root alone can start a program as somebody else, and own what that one must not reach.
    static let isPossible = geteuid() == 0

    let directory: ScratchDirectory
    /// Added to the `openhook run` command line.
    var options: [String] = []
    private let user = UserIdentity(uid: 65_534, gid: 65_534, groups: [])

    var images: String { directory.path("images") }
    func image(_ name: String) -> String { "\(images)/\(name)" }
    func work(_ name: String) -> String { directory.path("work/\(name)") }

    /// - Parameters:
    ///   - rules: inside the root block, beside `allow rw disk.raw`.
    ///   - statements: outside; `DIR` stands for the test's own directory.
    init(rules: [String] = [], statements: [String] = []) throws {
        directory = try ScratchDirectory()
        try directory.directory("bin")
        try directory.directory("work")
        try directory.directory("images")
        try directory.file("images/disk.raw")
        // The kernel's modes must refuse nothing that the broker is to refuse.
        try directory.file("images/secret.raw", "secret", mode: 0o666)
        let work = directory.path("work")
        try require("chown work") { unsafe chown(work, 65_534, 65_534) }
        // A link: of a copy, another test's child could hold the descriptor that wrote it (ETXTBSY).
        let (probe, link) = (try BuiltProgram.notifyProbe.get(), directory.path("bin/probe"))
        try require("link probe") { unsafe Glibc.link(probe, link) }
        try directory.directory("tmp", mode: 0o1777)
        try write(rules: rules, statements: statements)
    }

    /// Nothing outside of the test's directory.
    private var environment: [String] {
        ["RUNTIME_DIRECTORY=\(directory.path("runtime"))", "TMPDIR=\(directory.path("tmp"))"]
    }

    func write(rules: [String], statements: [String]) throws {
        let lines =
            [
                "openhook 1", "vm guarded", "peer any", "selinux off", "own ro DIR/bin", "own rw DIR/work",
            ] + statements + ["root images DIR/images {", "    allow rw disk.raw"] + rules.map { "    " + $0 } + ["}"]
        try directory.file(
            "policy", lines.joined(separator: "\n").replacing("DIR", with: directory.path) + "\n", mode: 0o644)
    }

    private func words(_ commands: [String]) throws -> [String] {
        [
            "run", "--policy", directory.path("policy"), "--user", "65534", "--via", "notify", "--audit",
            directory.path("audit"),
        ]
            + options + ["--", directory.path("bin/probe")] + commands
    }

    /// Runs the probe and its broker to their ends: what the probe printed, a line each.
    func run(_ commands: String...) throws -> [String] { try run(commands) }

    func run(_ commands: [String]) throws -> [String] {
        let earlier = try records("stopped").count
        let run = try Program.run(
            BuiltProgram.path("openhook"), words(parted(commands)), environment: environment)
        guard run.ending == .exited(0) else { throw SetUpFailure("the probe: \(run)") }
        // The broker is nobody's child, and its last records come after the program's last answer.
        guard try poll({ try records("stopped").count > earlier ? true : nil }) != nil else {
            throw SetUpFailure("the broker goes on: \(try records())")
        }
        return run.lines.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// `%i` stands for the images' directory, `%w` for the program's own.
    private func parted(_ commands: [String]) -> [String] {
        commands.map { $0.replacing("%i", with: images).replacing("%w", with: directory.path("work")) }
            .flatMap { $0.split(separator: " ").map(String.init) + [","] }.dropLast()
    }

    /// Starts it, with a socket for its standard input and output.
    func start(_ commands: String...) throws -> RunningProbe {
        let pair = try UnixSocket.pair(.stream)
        let far = pair.second.descriptor.number
        var command = ChildProcess.Command(
            program: SystemPath(text: try BuiltProgram.path("openhook")),
            arguments: try words(parted(commands)).map { Array($0.utf8) })
        command.environment = environment.map { Array($0.utf8) }
        command.descriptors = [far, far, 2]
        command.endsWithParent = true
        return RunningProbe(process: try ChildProcess(command), socket: pair.takeFirst())
    }

    func records() throws -> [AuditLine] {
        guard directory.exists("audit") else { return [] }
        return try AuditLine.lines(of: directory.text("audit"))
    }

    func records(_ event: String) throws -> [AuditLine] { try records().filter { $0.event == event } }

    /// The broker of a program that runs.
    func broker() throws -> Int32 {
        let policy = directory.path("policy")
        for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            guard let pid = Int32(entry),
                let words = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8),
                words.contains("openhookd\0"), words.contains(policy)
            else { continue }
            return pid
        }
        throw SetUpFailure("no broker with \(policy)")
    }
}

/// A probe that has not ended.
final class RunningProbe {
    let process: ChildProcess
    private let socket: UnixSocket

    init(process: consuming ChildProcess, socket: consuming UnixSocket) {
        self.process = process
        self.socket = socket
    }

    deinit {
        try? process.send(signal: .kill)
        _ = try? process.wait()
    }

    /// Its next line.
    func line() throws -> String {
        var bytes: [UInt8] = []
        while true {
            var byte: [UInt8] = [0]
            var room = byte.mutableSpan
            guard try socket.receive(into: &room).count == 1 else { throw SetUpFailure("the probe has ended") }
            if byte[0] == UInt8(ascii: "\n") {
                return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespaces)
            }
            bytes += byte
        }
    }

    /// Lets it go on that awaits that.
    func goOn() throws {
        let bytes = Array("\n".utf8)
        _ = try socket.send(bytes.span)
    }
}
