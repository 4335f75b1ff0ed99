import Foundation

/// A program of this package.
struct Tool {
    let program: URL

    /// What it prints.
    func output(_ arguments: String..., input: Data = Data()) throws -> Data {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        // The programs read all of their input before they write.
        try stdin.fileHandleForWriting.write(contentsOf: input)
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0, !output.isEmpty else {
            throw Failure.failed(program.lastPathComponent, process.terminationStatus)
        }
        return output
    }
}
