import Foundation
import HookLinux
import TestSupport
import Testing

/// `--dry-run`: all that would be done, and none of it.
@Suite(.enabled(if: LaunchStage.isPossible, "\(LaunchStage.needsRoot)"))
struct DryRunTests {
    @Test(arguments: LaunchStage.Way.allCases) func `it says what would be done, and does nothing`(
        way: LaunchStage.Way
    ) throws {
        let stage = try LaunchStage()
        let before = try TreeSnapshot(of: stage.directory.path)
        let run = try stage.run(try stage.usual(way) + ["--dry-run"], ["/bin/sh", "-c", "touch TOP/run/started"])
        #expect(run.ending == .exited(0), "\(run)")
        #expect(try TreeSnapshot(of: stage.directory.path) == before)
        #expect(!stage.directory.exists("run/started"))
        let top = stage.directory.path
        var expected = [
            "stage: /bin/sh via \(way.rawValue)", "  user         65534, group 65534, groups 65534; no capabilities",
            "  managed      \(top)/images", "  rw           \(top)/run", "  ro           /usr",
            "  rw           \(top)/runtime/qemu", "  rw           \(top)/tmp/openhook-stage-65534",
            "  environment  TMPDIR=\(top)/tmp/openhook-stage-65534",
            "  command      /bin/sh -c 'touch \(top)/run/started'",
        ]
        #expect(run.output.contains("  sockets      made by QEMU in the `rw` and `socket` places above"))
        if way == .preload {
            expected += ["  environment  OPENHOOK_PATHS=\(top)/images", "  environment  OPENHOOK_FD=N"]
        }
        for line in expected { #expect(run.lines.contains(line), "\(line)\n\(run.output)") }
        #expect(run.output.contains("  filter ") == (way == .notify))
    }

    @Test func `in JSON`() throws {
        let stage = try LaunchStage()
        let run = try stage.run(try stage.usual(.notify) + ["--dry-run", "--json"], ["/bin/true", "a b"])
        let parsed = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
        let report = try #require(parsed as? [String: Any])
        #expect(report["via"] as? String == "notify")
        #expect(report["vm"] as? String == "stage")
        #expect(report["command"] as? [String] == ["/bin/true", "a b"])
        #expect((report["user"] as? [String: Any])?["uid"] as? Int == 65534)
        let landlock = try #require(report["landlock"] as? [String: Any])
        let places = try #require(landlock["places"] as? [[String: String]])
        #expect(places.contains(["use": "rw", "path": stage.directory.path("run")]))
    }

    @Test func `a name that is no text is kept byte for byte`() throws {
        let stage = try LaunchStage()
        // A shell makes the byte: no text has it.
        func run(_ options: [String]) throws -> Program.Output {
            let words = try stage.words(stage.usual(.notify) + ["--dry-run"] + options, ["/bin/true"])
            return try Program.run(
                "/bin/sh",
                ["-c", #"exec "$0" "$@" "$(printf 'a\377b')" "it's""#, BuiltProgram.path("openhook")] + words,
                environment: stage.environment)
        }
        let json = try run(["--json"])
        #expect(json.output.contains(#""command_hex":["2f62696e2f74727565","61ff62","69742773"]"#), "\(json)")
        let text = try run([])
        #expect(text.lines.contains { $0.hasSuffix(#"  /bin/true $'a\xFFb' 'it'\''s'"#) }, "\(text)")
    }

    @Test func `places that would let QEMU reach what the policy manages are left out, with the reason`() throws {
        let stage = try LaunchStage {
            $0.insert("own ro TOP/nothing", at: 5)
            $0.append("allow rw /dev/shm/web01")
        }
        let run = try stage.run(try stage.usual(.notify) + ["--dry-run"], ["/bin/true"])
        let top = stage.directory.path
        for line in [
            "  left out     rw /dev/shm: the policy manages /dev/shm/web01, which lies there",
            "  left out     ro \(top)/nothing: it is not there",
        ] {
            #expect(run.lines.contains(line), "\(line)\n\(run)")
        }
    }

    @Test func `a place that leads to what the policy manages is left out, whatever its name`() throws {
        let stage = try LaunchStage {
            $0.insert(contentsOf: ["own ro TOP/elsewhere", "own rw TOP/other"], at: 5)
            $0 += ["root linked TOP/linked {", "    allow rw disk.raw", "}"]
        }
        try stage.directory.directory("elsewhere")
        try stage.directory.directory("elsewhere/images")
        try stage.directory.symlink("linked", to: "elsewhere/images")
        try stage.directory.symlink("other", to: "images")
        let run = try stage.run(try stage.usual(.notify) + ["--dry-run"], ["/bin/true"])
        let top = stage.directory.path
        for line in [
            "  left out     ro \(top)/elsewhere: it leads to \(top)/linked, which the policy manages",
            "  left out     rw \(top)/other: it leads to \(top)/images, which the policy manages",
        ] {
            #expect(run.lines.contains(line), "\(line)\n\(run)")
        }
    }

    @Test func `a policy with errors is status 2`() throws {
        let stage = try LaunchStage { $0[6] = "    alow rw disk.raw" }
        let run = try stage.run(try stage.usual(.notify) + ["--dry-run"], ["/bin/true"])
        #expect(run.ending == .exited(2))
        #expect(run.errors.contains("unknown statement `alow`, did you mean `allow`?"), "\(run.errors)")
    }
}
