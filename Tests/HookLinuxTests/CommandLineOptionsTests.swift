import HookLinux
import SystemPackage
import TestSupport
import Testing

struct CommandLineOptionsTests {
    @Test func `the daemon's forms of options are one`() throws {
        // getopt_long(3) itself: a value after `=` or as the next word, a name's unambiguous beginning.
        let scratch = try ScratchDirectory()
        try scratch.file("policy", "openhook 1\n", mode: 0o644)
        let daemon = try BuiltProgram.path("openhookd")
        let policy = scratch.path("policy")
        for words in [
            ["--policy", policy, "--fd", "x"], ["--policy=\(policy)", "--fd=x"], ["--pol", policy, "--fd", "x"],
        ] {
            let run = try Program.run(daemon, words)
            #expect(run.errors == "openhookd: --fd needs a number from 3 to 2147483647, not \"x\" (openhookd --help)\n")
        }
    }

    static let wrong: [([String], String)] = [
        (["--p", "x"], "unknown option \"--p\""), (["-x"], "unknown option \"-x\""),
        (["--seqpacket=1"], "unknown option \"--seqpacket=1\""), (["--socket"], "option \"--socket\" needs a value"),
        (["--policy", "x", "--fd", "3", "--", "--help"], "unexpected argument \"--help\""),
        (["operand", "--policy", "x", "--fd", "3"], "unexpected argument \"operand\""),
        (["--\u{1b}[2K"], "unknown option \"--\\u{1B}[2K\""),
    ]

    @Test(arguments: wrong) func `what is no option is named`(words: [String], message: String) throws {
        let run = try Program.run(BuiltProgram.path("openhookd"), words)
        #expect(run.ending == .exited(2))
        #expect(run.errors == "openhookd: \(message) (openhookd --help)\n")
    }
}
