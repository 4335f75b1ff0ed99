import Foundation
import Glibc
import HookLinux

/// The programs under test: those that were built with the tests.
package enum BuiltProgram {
    /// Where the test bundle and the programs lie.
    private static let directory = Result {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: own).deletingLastPathComponent()
    }

    package static func path(_ name: String) throws -> String {
        // `swift test` runs the bundle itself or a helper of the toolchain: its first argument that is a path knows.
        let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map {
            URL(filePath: $0).deletingLastPathComponent()
        }
        for directory in [try directory.get()] + bundles {
            let program = directory.appending(component: name).path
            if FileManager.default.isExecutableFile(atPath: program) { return program }
        }
        throw SetUpFailure("\(name) has not been built")
    }

    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// `Tests/Clients/hook-client.c`, compiled once.
    package static let hookClient = Result {
        try compile([sources.appending(components: "Tests", "Clients", "hook-client.c").path], named: "hook-client")
    }

    /// `Tests/Clients/hanging-fs.c`, compiled once.
    package static let hangingFileSystem = Result {
        try compile([sources.appending(components: "Tests", "Clients", "hanging-fs.c").path], named: "hanging-fs")
    }

    /// `Tests/Clients/notify-probe.c`, compiled once.
    package static let notifyProbe = Result {
        try compile([sources.appending(components: "Tests", "Clients", "notify-probe.c").path], named: "notify-probe")
    }

    /// `Tests/Clients/without-call.c`, compiled once.
    package static let withoutCall = Result {
        try compile([sources.appending(components: "Tests", "Clients", "without-call.c").path], named: "without-call")
    }

    /// The preload library, compiled once.
    package static let preloadLibrary = Result {
        let folder = sources.appending(components: "Sources", "OpenHookPreload")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".c") }
        let flags = try String(contentsOf: folder.appending(component: "compile_flags.txt"), encoding: .utf8)
        return try compile(
            flags.split(whereSeparator: \.isWhitespace).map {
                String($0).replacing("exports.map", with: folder.appending(component: "exports.map").path)
            }
                + files.sorted().map { folder.appending(component: $0).path }, named: "libopenhook-preload.so")
    }

    private static let products = Result {
        let scratch = try ScratchDirectory()
        atexit { BuiltProgram.removeProducts() }
        return scratch
    }

    private static func removeProducts() {
        do { try FileManager.default.removeItem(atPath: products.get().path) } catch { print("not removed: \(error)") }
    }

    private static func compile(_ arguments: [String], named name: String) throws -> String {
        let product = try products.get().path(name)
        let run = try Program.run(
            "cc", ["-D_GNU_SOURCE", "-O1", "-pthread", "-o", product] + arguments, environment: ["PATH=/usr/bin:/bin"])
        guard run.ending == .exited(0) else { throw SetUpFailure("cc: \(run.errors)") }
        // A parallel test may have had another umask when the compiler was started.
        try require("chmod \(product)") { unsafe chmod(product, 0o755) }
        return product
    }
}
