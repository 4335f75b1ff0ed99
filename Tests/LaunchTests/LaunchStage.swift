import Foundation
import Glibc
import HookLinux
import SystemPackage
import TestSupport

/// `openhook run`, by root, for the user nobody, with images that belong to root.
///
///     images/disk.raw   granted, `image`          run/   nobody's own
final class LaunchStage {
    static let isPossible = geteuid() == 0
    static let needsRoot = "needs root"
    static let nobody: UInt32 = 65_534

    let directory: ScratchDirectory
    private let program: String

    /// Ways to the broker that any dynamically linked program has.
    enum Way: String, CaseIterable, Sendable { case notify, preload }

    init(policy change: (inout [String]) -> Void = { _ in }) throws {
        directory = try ScratchDirectory()
        try directory.directory("images", mode: 0o700)
        try directory.file("images/disk.raw")
        try directory.directory("run", mode: 0o700)
        try directory.directory("tmp", mode: 0o1777)
        let run = directory.path("run")
        try require("chown run") { unsafe chown(run, Self.nobody, Self.nobody) }
        program = try BuiltProgram.path("openhook")
        var lines = [
            "openhook 1", "vm stage", "selinux off", "peer uid nobody", "own rw TOP/run", "root images TOP/images {",
            "    allow rw disk.raw", "}",
        ]
        change(&lines)
        try write(policy: lines)
    }

    func write(policy lines: [String]) throws {
        try directory.replace("policy", lines.joined(separator: "\n").replacing("TOP", with: directory.path) + "\n")
    }

    /// Where QEMU's directory for temporary files is made.
    var temporary = "tmp"

    /// QEMU's own directories are in this stage's, whatever the machine has.
    var environment: [String] {
        [
            "PATH=/usr/bin:/bin", "RUNTIME_DIRECTORY=\(directory.path("runtime"))",
            "TMPDIR=\(directory.path(temporary))",
            "COLUMNS=200",
        ]
    }

    /// `TOP` stands for the stage's directory.
    func words(_ options: [String], _ command: [String]) throws -> [String] {
        let all = ["run"] + options + ["--"] + command
        return all.map { $0.replacing("TOP", with: directory.path) }
    }

    /// What every launch of a broker of its own has.
    func usual(_ way: Way) throws -> [String] {
        [
            "--policy", "TOP/policy", "--user", "nobody", "--audit", "TOP/audit", "--via", way.rawValue, "--preload",
            try BuiltProgram.preloadLibrary.get(),
        ]
    }

    func run(_ options: [String], _ command: [String]) throws -> Program.Output {
        try Program.run(program, words(options, command), environment: environment)
    }

    /// A shell's commands, as QEMU.
    func shell(_ way: Way, _ script: String, options: [String] = []) throws -> Program.Output {
        try run(usual(way) + options, ["/bin/sh", "-c", script])
    }

    func records(_ event: String) throws -> [AuditLine] {
        guard directory.exists("audit") else { return [] }
        return try AuditLine.lines(of: directory.text("audit")).filter { $0.event == event }
    }

    /// The pid of the broker that the last launch started.
    func broker() throws -> Int32 {
        let text = try directory.text("runtime/broker.pid")
        guard let pid = Int32(text.dropLast()) else { throw SetUpFailure("broker.pid: \(text)") }
        return pid
    }
}
