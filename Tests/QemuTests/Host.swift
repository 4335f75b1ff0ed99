import Foundation
import HookLinux
import SystemPackage

/// The machine that the tests run on: what is installed, and the programs that were built.
enum Host {
    static let isRoot = ThisProcess.effectiveUser == 0
    static let hasImageTool = isInstalled("qemu-img")
    static let hasMachine = isInstalled("qemu-system-x86_64") && hasImageTool

    static let needsMachine = "needs root, and Debian's qemu-system-x86 and qemu-utils"

    /// Who QEMU runs as: a user that cannot enter the directories of images.
    static let nobody = UserIdentity(uid: 65534, gid: 65534, groups: [])

    static func isInstalled(_ program: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/\(program)")
    }

    /// A program that was built with the tests: it lies where their bundle does.
    static func program(_ name: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        let programs = ([own] + bundles).map {
            URL(filePath: $0).deletingLastPathComponent().appending(component: name).path
        }
        guard let program = programs.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            throw Impasse("\(name) has not been built: \(programs)")
        }
        return program
    }

    /// What a QEMU opens to run at all: for `--strict`.
    static let runtimePolicy = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(components: "policy", "examples", "qemu-runtime.policy").path
}

/// The preload library, compiled once with the flags that the package's own command uses.
enum Preload {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(components: "Sources", "OpenHookPreload")

    private static let directory = Result {
        let directory = try TemporaryDirectory.make()
        atexit { Preload.remove() }
        return directory
    }

    static let library = Result {
        let library = try directory.get().appending(component: "libopenhook-preload.so").path
        let files = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".c") }
        let flags = ["@compile_flags.txt", "-O2", "-o", library] + files.sorted()
        // A compiler looks for what its arguments name in its working directory.
        let words = ["-c", "cd \"$0\" && exec cc \"$@\"", sources.path] + flags
        let run = try FinishedProgram(
            "/bin/sh", words, environment: ["PATH=/usr/bin:/bin"], in: try directory.get())
        guard run.succeeded else { throw Impasse("the preload library: \(run)") }
        return library
    }

    private static func remove() {
        do { try FileManager.default.removeItem(at: directory.get()) } catch { print("not removed: \(error)") }
    }
}

/// Directories that other users can come through.
enum TemporaryDirectory {
    /// Short, because the names of sockets must be.
    static func make() throws -> URL {
        var template = Array("/tmp/openhook-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw Impasse("mkdtemp") }
        let path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return URL(filePath: path)
    }
}
