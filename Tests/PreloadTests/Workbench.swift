import Foundation
import Testing

/// The preload library and the C programs of `Tests/Clients`, compiled once for all tests.
enum Workbench {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let librarySources = package.appending(components: "Sources", "OpenHookPreload")
    private static let clients = package.appending(components: "Tests", "Clients")

    /// Readable by other users: some programs run as nobody.
    private static let products: Result<URL, any Error> = Result {
        let directory = FileManager.default.temporaryDirectory.appending(component: "preload-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        atexit { Workbench.removeProducts() }
        return directory
    }

    private static func removeProducts() {
        do {
            try FileManager.default.removeItem(at: products.get())
        } catch {
            print("not removed: \(error)")
        }
    }

    static let library = Result { try compileLibrary(with: "cc") }
    static let bareServer = Result { try compileClient("bare-server") }
    static let hookClient = Result { try compileClient("hook-client") }
    static let probe = Result { try compileClient("preload-probe") }

    /// With the flags that the package's own command uses, in a directory of its own: others are in use meanwhile.
    static func compileLibrary(with compiler: String) throws -> String {
        let directory = try products.get().appending(component: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        let library = directory.appending(component: "libopenhook-preload.so").path
        let sources = try FileManager.default.contentsOfDirectory(atPath: librarySources.path)
        let files = sources.filter { $0.hasSuffix(".c") }.sorted()
        let run = try run([compiler, "@compile_flags.txt", "-O2", "-o", library] + files, in: librarySources)
        try #require(run.status == 0, "\(run.errors)")
        return library
    }

    /// A second library with nothing to do.
    static func compileEmptyLibrary() throws -> String {
        let library = try products.get().appending(component: "libother.so").path
        let run = try run(["cc", "-shared", "-fPIC", "-x", "c", "/dev/null", "-o", library], in: librarySources)
        try #require(run.status == 0, "\(run.errors)")
        return library
    }

    private static func compileClient(_ name: String) throws -> String {
        let program = try products.get().appending(component: name).path
        let flags = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1", "-pthread"]
        let run = try run(["cc"] + flags + ["-o", program, "\(name).c"], in: clients)
        try #require(run.status == 0, "\(run.errors)")
        return program
    }

    struct Run: Equatable {
        var status: Int32
        var output: String
        var errors: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Runs a program found in PATH to its end. The environment is for that program alone.
    static func run(_ words: [String], in directory: URL, environment: [String: String] = [:]) throws -> Run {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = environment.map { "\($0)=\($1)" } + words
        process.currentDirectoryURL = directory
        let output = Pipe()
        let errors = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let written = try output.fileHandleForReading.readToEnd() ?? Data()
        let complained = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus, output: String(decoding: written, as: UTF8.self),
            errors: String(decoding: complained, as: UTF8.self))
    }

    static func find(_ program: String) -> Bool {
        (try? run(["sh", "-c", "command -v \(program)"], in: package))?.status == 0
    }
}
