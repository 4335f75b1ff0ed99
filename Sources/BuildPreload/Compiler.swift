import Foundation
import PackagePlugin

/// A C compiler that takes the flags of clang and gcc.
struct Compiler {
    enum Failure: Error, CustomStringConvertible {
        case notFound
        case noSources(String)
        case failed(program: String, status: Int32, output: String)

        var description: String {
            switch self {
            case .notFound: "no C compiler: there is no clang beside swift, and no clang or cc in PATH"
            case .noSources(let directory): "no C sources in \(directory)"
            case .failed(let program, let status, let output): "\(program) ended with status \(status):\n\(output)"
            }
        }
    }

    let program: URL

    /// The toolchain's own clang if it can be found, else the first `clang` or `cc` in PATH.
    static func find(_ context: PluginContext) throws -> Compiler {
        var candidates: [URL] = []
        if let tool = try? context.tool(named: "clang") { candidates.append(tool.url) }
        let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map {
            URL(filePath: String($0), directoryHint: .isDirectory)
        }
        let swift = directories.first { isProgram($0.appending(component: "swift")) }
        for (name, places) in [("clang", swift.map { [$0] } ?? []), ("clang", directories), ("cc", directories)] {
            candidates += places.map { $0.appending(component: name) }
        }
        guard let found = candidates.first(where: isProgram) else { throw Failure.notFound }
        return Compiler(program: found)
    }

    private static func isProgram(_ file: URL) -> Bool {
        FileManager.default.isExecutableFile(atPath: file.path)
    }

    /// Compiles and links every C file of the directory. It runs there: the flags name files beside the sources.
    func link(sourcesIn directory: URL, into library: URL, _ configuration: Request.Configuration) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(".c") }
        guard !names.isEmpty else { throw Failure.noSources(directory.path) }
        let compiler = Process()
        compiler.executableURL = program
        compiler.currentDirectoryURL = directory
        compiler.arguments =
            ["@compile_flags.txt"] + configuration.flags + ["-o", library.path] + names.sorted()
        let output = Pipe()
        compiler.standardOutput = output
        compiler.standardError = output
        try compiler.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else {
            throw Failure.failed(
                program: program.path, status: compiler.terminationStatus, output: String(decoding: text, as: UTF8.self)
            )
        }
    }
}
