import Foundation

/// Runs programs to their end.
enum Program {
    struct Run {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Where the build put the programs: beside the program that runs the tests.
    static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    static func openhook(_ arguments: String...) throws -> Run { try openhook(arguments) }

    static func openhook(_ arguments: [String], input: Data = Data(), columns: Int = 80) throws -> Run {
        try run(product("openhook"), arguments, input: input, environment: ["COLUMNS": "\(columns)"])
    }

    static func product(_ name: String) -> String { products.appending(component: name).path }

    static func run(
        _ program: String, _ arguments: [String], input: Data = Data(), environment: [String: String] = [:],
        directory: URL? = nil
    ) throws -> Run {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = directory
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: input)
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        let errors = try stderr.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors, as: UTF8.self))
    }

    static func exists(_ name: String) -> Bool {
        (try? run("/bin/sh", ["-c", "command -v \(name)"]))?.status == 0
    }
}
