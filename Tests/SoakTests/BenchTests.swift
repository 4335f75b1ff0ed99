import Foundation
import HookLinux
import TestSupport
import Testing

/// The bench itself: what it prints must come from a server that was asked.
struct BenchTests {
    @Test func `the bench says what a server holds after the first 1,000 requests, and after 3,000`() throws {
        let scratch = try ScratchDirectory()
        let run = try Self.bench(
            "--server", try BuiltProgram.path("openhookd-counted"), "--endurance", "3000", "--rules", "10", "--json",
            "--directory", scratch.path(""))
        #expect(run.ending == .exited(0), "\(run)")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let kinds = try #require(report["kinds"] as? [[String: Any]])
        #expect(kinds.compactMap { $0["answer"] as? String } == ["granted", "refused"])
        for kind in kinds {
            let first = try #require(kind["after_first"] as? [String: Int])
            let all = try #require(kind["after_all"] as? [String: Int])
            #expect(first["descriptors"] == all["descriptors"], "\(kind)")
            #expect(first["threads"] == all["threads"], "\(kind)")
            #expect(try #require(all["private_dirty_kb"]) > 0)
        }
        // A refusal is told in words, which are made for it: so this shows that somebody counts.
        #expect(try #require(kinds.last?["allocations_each"] as? Double) > 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("")).isEmpty)
    }

    @Test func `a directory that is none is named`() throws {
        let run = try Self.bench("--calibrate", "--directory", "/nowhere")
        #expect(run.ending == .exited(1), "\(run)")
        #expect(run.errors.contains("cannot use the directory '/nowhere'"))
    }

    @Test func `a server that does not start is named, with what it said`() throws {
        let scratch = try ScratchDirectory()
        let file = scratch.path("server")
        try "#!/bin/sh\necho 'no policy today' >&2\nexit 7\n".write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        let run = try Self.bench("--server", file, "--rules", "10", "--directory", scratch.path(""))
        #expect(run.ending == .exited(1), "\(run)")
        #expect(run.errors.contains("'\(file)' ended with status 7"))
        #expect(run.errors.contains("no policy today"))
    }

    @Test(arguments: [
        ["--endurance", "5000"], ["--calibrate", "--endurance", "5000"], ["--server", "x", "--endurance", "1000"],
        ["--server", "x", "--endurance", "5000", "--rules", "10,1000"],
        ["--calibrate", "--server", "x"], ["--calibrate", "--kernel", "x"], [],
    ])
    func `options that do not go together are a wrong usage`(_ options: [String]) throws {
        let run = try Program.run(try BuiltProgram.path("openhook-bench"), options)
        #expect(run.ending == .exited(64), "\(run)")
        #expect(run.errors.contains("Usage: openhook-bench"))
    }

    private static func bench(_ options: String...) throws -> Program.Output {
        try Program.run(try BuiltProgram.path("openhook-bench"), options, environment: ["PATH=/usr/bin:/bin"])
    }
}
