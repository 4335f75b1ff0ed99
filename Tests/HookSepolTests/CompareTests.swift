import HookLinux
import SystemPackage
import TestSupport
import Testing

/// The program that compares two policies' answers: in the guest the kernel's with libsepol's, here two files'.
struct CompareTests {
    private func compare(_ change: (String) -> String = { $0 }, least: Int = 100) throws -> Program.Output {
        let scratch = try ScratchDirectory()
        try SmallPolicy.compiled { one in
            try scratch.file("one", String())
            #expect(try Program.run("cp", [one.text, scratch.path("one")]).ending == .exited(0))
        }
        try scratch.file("source", change(try SmallPolicy.source()))
        let made = try Program.run("checkpolicy", ["-M", "-o", scratch.path("other"), scratch.path("source")])
        guard made.ending == .exited(0) else { throw SetUpFailure("checkpolicy: \(made)") }
        return try Program.run(
            BuiltProgram.path("selinux-compare"),
            ["--policy", scratch.path("one"), "--against", scratch.path("other"), "--least", "\(least)"])
    }

    @Test func `a policy says what it says`() throws {
        let run = try compare()
        #expect(run.ending == .exited(0))
        #expect(run.lines.count == 1)
        #expect(run.output.hasSuffix(" answered by both, 0 differ, 0 of them for no known reason\n"))
    }

    @Test func `a difference is listed`() throws {
        let run = try compare {
            $0.replacing("bool openhook_use_unlabeled_fs false;", with: "bool openhook_use_unlabeled_fs true;")
        }
        #expect(run.ending == .exited(1))
        #expect(
            run.lines.contains(
                "system_u:system_r:svirt_t:s0:c1,c2 system_u:object_r:nfs_t:s0 file read kernel=allowed libsepol=denied "
                    + "UNEXPLAINED (are the booleans set as the file has them?)"))
    }

    @Test func `a name that one policy lacks is a reason`() throws {
        let run = try compare {
            $0.replacing("user system_u roles { system_r }", with: "user system_u roles { system_r object_r }")
                .replacing("type tap_device_t;", with: "type tap_device_t;\ntype null_device_t;")
        }
        #expect(run.ending == .exited(0))
        #expect(
            run.output.contains(" kernel=denied libsepol=unknown the file's policy lacks a name that is asked about"))
    }

    @Test func `too few answers are a failure`() throws {
        #expect(try compare(least: 1_000_000).ending == .exited(1))
    }

    @Test func `a policy that cannot be asked is status 3`() throws {
        let run = try Program.run(BuiltProgram.path("selinux-compare"), ["--policy", "/nonexistent"])
        #expect(run.ending == .exited(3))
        #expect(run.errors == "selinux-compare: ENOENT (No such file or directory)\n")
    }
}
