import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// Starts that fail: what is printed, the exit status, and that nothing is left behind.
struct StartFailureTests {
    /// Arguments, and what is printed before ` (openhookd --help)`.
    static let wrongUsage: [([String], String)] = [
        ([], "--policy FILE is required"),
        (
            ["--policy", "TOP/policy"],
            "one of --socket PATH, --fd N, --launch PATH and --launch-fd N is required, or a socket by LISTEN_FDS"
        ),
        (["--policy", "TOP/policy", "--socket", "TOP/s", "--fd", "3"], "--socket and --fd exclude each other"),
        (["--policy", "TOP/policy", "--fd", "3", "--mode", "600"], "--mode goes with --socket or --launch"),
        (["--policy", "TOP/policy", "--fd", "3", "--seqpacket"], "--seqpacket goes with --socket"),
        (
            ["--policy", "TOP/policy", "--launch", "TOP/l", "--launch-fd", "3"],
            "--launch and --launch-fd exclude each other"
        ),
        (
            ["--policy", "TOP/policy", "--launch-fd", "3", "--ready-fd", "3"],
            "--launch-fd and --ready-fd are the same descriptor"
        ),
        (
            ["--policy", "TOP/policy", "--fd", "5", "--launch-fd", "5"],
            "--fd and --launch-fd are the same descriptor"
        ),
        (
            ["--policy", "TOP/policy", "--fd", "5", "--ready-fd", "5"],
            "--fd and --ready-fd are the same descriptor"
        ),
        (["--policy", "TOP/policy", "--fd", "three"], "--fd needs a number from 3 to 2147483647, not \"three\""),
        (
            ["--policy", "TOP/policy", "--fd", "99999999999"],
            "--fd needs a number from 3 to 2147483647, not \"99999999999\""
        ),
        (["--policy", "TOP/policy", "--fd", ""], "--fd needs a number from 3 to 2147483647, not \"\""),
        (["--policy", "TOP/policy", "--fd", "2"], "--fd needs a number from 3 to 2147483647, not \"2\""),
        (["--policy", "TOP/policy", "--fd", "-1"], "--fd needs a number from 3 to 2147483647, not \"-1\""),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/s", "--mode", "888"],
            "--mode needs permissions in octal, at most 777, not \"888\""
        ),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/s", "--mode", "1777"],
            "--mode needs permissions in octal, at most 777, not \"1777\""
        ),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/s", "--uid", "nobody-has-this-name"],
            "--uid: unknown user \"nobody-has-this-name\""
        ),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/s", "--gid", "nobody-has-this-name"],
            "--gid: unknown group \"nobody-has-this-name\""
        ),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/s", "--peer-pid", "0"],
            "--peer-pid needs a number from 1 to 2147483647, not \"0\""
        ),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/s", "--open-timeout", "0"],
            "--open-timeout needs a number from 1 to 3600, not \"0\""
        ),
        (["--policy", "TOP/policy", "--policy", "TOP/policy"], "option --policy is given twice"),
        (["--policy", "TOP/policy", "--audit", "-", "--audit", "-"], "\"-\" is given to --audit twice"),
        (["--policy", "TOP/policy", "--fd", "3", "--audit", ""], "--audit needs the name of a file"),
        (["--policy"], "option \"--policy\" needs a value"),
        (["--nothing"], "unknown option \"--nothing\""),
        (["--policy", "TOP/policy", "--socket", "TOP/s", "more"], "unexpected argument \"more\""),
        (["--policy", "", "--socket", "TOP/s"], "--policy needs the name of a file"),
        (["--policy", "TOP/policy", "--socket", ""], "--socket needs the name of a file"),
    ]

    @Test(arguments: wrongUsage) func `wrong usage is status 2 and one line`(arguments: [String], message: String)
        throws
    {
        let unserved = try Unserved()
        let directory = unserved.directory
        let run = try unserved.run(arguments)
        #expect(run.ending == .exited(2))
        #expect(run.errors == "openhookd: \(message) (openhookd --help)\n")
        #expect(!directory.exists("s"))
    }

    @Test func `OPENHOOK_AUTH_PID that is no number is wrong usage`() throws {
        let run = try Unserved().run(
            ["--policy", "TOP/policy", "--socket", "TOP/s"], environment: ["OPENHOOK_AUTH_PID=x"])
        #expect(run.ending == .exited(2))
        #expect(
            run.errors
                == "openhookd: OPENHOOK_AUTH_PID needs a number from 1 to 2147483647, not \"x\" (openhookd --help)\n")
    }

    @Test func `--help and --version say what they are asked for`() throws {
        let help = try TestServer.run(["--help"])
        #expect(help.ending == .exited(0))
        #expect(help.output.contains("a directory for the socket, an audit log that keeps records.\n"))
        #expect(help.output.hasPrefix("openhookd: opens files for one QEMU process"))
        #expect(try TestServer.run(["-h"]).output == help.output)
        #expect(try TestServer.run(["--version"]).output.hasPrefix("openhookd "))
    }

    /// A policy, and a part of what is printed.
    static let badPolicies: [(String, String)] = [
        ("", "openhook 1"), ("openhook 2\nvm a\n", "policy:1:"),
        ("openhook 1\nvm a\npeer any\nalow rw /x\n", "policy:4:1: error"),
        (
            "openhook 1\nvm a\nselinux off\npeer any\nroot r /nonexistent-directory {\nallow rw x\n}\n",
            "the directory of this root cannot be opened: ENOENT"
        ),
        (
            "openhook 1\nvm a\nselinux off\npeer uid nobody-has-this-name\nallow rw /tmp/x\n",
            "unknown user: `useradd --system nobody-has-this-name` makes it"
        ),
    ]

    @Test(arguments: badPolicies) func `a bad policy is status 2, and nothing is made`(policy: String, message: String)
        throws
    {
        let unserved = try Unserved(policy)
        let directory = unserved.directory
        let run = try unserved.run(["--policy", "TOP/policy", "--socket", "TOP/s", "--audit", "TOP/audit"])
        #expect(run.ending == .exited(2))
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(!directory.exists("s"))
        #expect(!directory.exists("audit"))
    }

    @Test func `a policy that is not there is status 2`() throws {
        let unserved = try Unserved()
        let run = try unserved.run(["--policy", "TOP/missing", "--socket", "TOP/s"])
        #expect(run.ending == .exited(2))
        let missing = unserved.directory.path("missing")
        #expect(run.errors == "openhookd: \(missing): the policy cannot be read: ENOENT (No such file or directory)\n")
    }

    @Test func `a policy that others can write is status 2, unless that is asked for`() throws {
        let unserved = try Unserved()
        let directory = unserved.directory
        try directory.setMode("policy", 0o666)
        let run = try unserved.run(["--policy", "TOP/policy", "--socket", "TOP/s"])
        #expect(run.ending == .exited(2))
        #expect(
            run.errors == """
                openhookd: \(directory.path("policy")): the policy is not used: others than its owner can write it (mode 666); \
                --allow-writable-policy overrides this

                """)
    }

    @Test(.enabled(if: !Privilege.hasSELinux, "this host has SELinux"))
    func `selinux require on a host without SELinux is status 3`() throws {
        let unserved = try Unserved("openhook 1\nvm a\npeer any\nallow rw /tmp/x\n")
        let directory = unserved.directory
        let run = try unserved.run(["--policy", "TOP/policy", "--socket", "TOP/s"])
        #expect(run.ending == .exited(3))
        #expect(run.errors.contains("SELinux"))
        #expect(!directory.exists("s"))
    }

    @Test func `a kernel that cannot resolve beneath a directory is status 3`() throws {
        let directory = try Unserved().directory
        let run = try Program.run(
            BuiltProgram.withoutCall.get(),
            [
                "\(SystemCall.openat2)", "\(ENOSYS)", "--", try BuiltProgram.path("openhookd"), "--policy",
                directory.path("policy"), "--socket", directory.path("s"),
            ])
        #expect(run.ending == .exited(3))
        #expect(
            run.errors
                == "openhookd: this kernel has no openat2(2) or close_range(2): Linux 5.9 or newer is needed\n")
        #expect(!directory.exists("s"))
    }

    static let badEnvironments: [([String], String)] = [
        (["--policy", "TOP/policy", "--fd", "77"], "--fd 77: EBADF (Bad file descriptor)"),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/missing/s"],
            "--socket TOP/missing/s: ENOENT (No such file or directory): its directory is missing "
                + "(mkdir -p TOP/missing)\n"
        ),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/" + String(repeating: "s", count: 200)],
            "ENAMETOOLONG (File name too long)"
        ),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/s", "--audit", "TOP/missing/audit"],
            "the audit file TOP/missing/audit cannot be opened: ENOENT (No such file or directory): its directory is missing "
                + "(mkdir -p TOP/missing)\n"
        ),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/s", "--audit", "TOP"],
            "the audit file TOP cannot be opened: EISDIR (Is a directory)\n"
        ),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/s", "--ready-fd", "77"],
            "--ready-fd: EBADF (Bad file descriptor)"
        ),
        (["--policy", "TOP/policy", "--socket", "TOP/policy"], "--socket TOP/policy: EEXIST (File exists)"),
        (["--policy", "TOP/policy", "--socket", "TOP/images"], "--socket TOP/images: EEXIST (File exists)"),
    ]

    @Test(arguments: badEnvironments)
    func `what the system does not give is status 3, and no socket is left`(arguments: [String], message: String) throws
    {
        let unserved = try Unserved()
        let directory = unserved.directory
        let before = try TreeSnapshot(of: directory.path)
        let run = try unserved.run(arguments)
        #expect(run.ending == .exited(3))
        #expect(run.errors.contains(message.replacing("TOP", with: directory.path)), "\(run.errors)")
        if !directory.exists("audit") { #expect(try TreeSnapshot(of: directory.path) == before) }
        #expect(!directory.exists("s"))
    }

    @Test func `a descriptor that is no socket is status 3`() throws {
        let unserved = try Unserved()
        let directory = unserved.directory
        let file = try GrantedDescriptor(appendingTo: directory.path("images/disk"))
        let run = try TestServer.run(
            ["--policy", directory.path("policy"), "--fd", "3"], descriptors: [file.number])
        #expect(run.ending == .exited(3))
        #expect(run.errors == "openhookd: --fd 3: ENOTSOCK (Socket operation on non-socket)\n")
    }
}
