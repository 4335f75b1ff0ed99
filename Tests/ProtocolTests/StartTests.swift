import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// Options, environment, the socket's file, and the ways in which a start fails.
struct StartTests {
    /// A directory with a policy that can be used, and nothing that serves it.
    private func prepare(_ policy: String? = nil) throws -> ScratchDirectory {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.file("images/disk")
        try directory.file("policy", policy ?? Stand.policy(peer: "peer any", images: directory.path("images")))
        return directory
    }

    private func run(_ directory: ScratchDirectory, _ arguments: [String], environment: [String] = []) throws
        -> Program.Output
    {
        try TestServer.run(
            arguments.map { $0.replacing("TOP", with: directory.path) }, environment: environment)
    }

    /// Arguments, and what is printed before ` (openhookd --help)`.
    static let wrongUsage: [([String], String)] = [
        ([], "--policy FILE is required"),
        (["--policy", "TOP/policy"], "one of --socket PATH and --fd N is required, or a socket by LISTEN_FDS"),
        (["--policy", "TOP/policy", "--socket", "TOP/s", "--fd", "3"], "--socket and --fd exclude each other"),
        (["--policy", "TOP/policy", "--fd", "3", "--mode", "600"], "--mode goes with --socket"),
        (["--policy", "TOP/policy", "--fd", "3", "--seqpacket"], "--seqpacket goes with --socket"),
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
        let directory = try prepare()
        let run = try run(directory, arguments)
        #expect(run.ending == .exited(2))
        #expect(run.errors == "openhookd: \(message) (openhookd --help)\n")
        #expect(!directory.exists("s"))
    }

    @Test func `OPENHOOK_AUTH_PID that is no number is wrong usage`() throws {
        let run = try run(
            prepare(), ["--policy", "TOP/policy", "--socket", "TOP/s"], environment: ["OPENHOOK_AUTH_PID=x"])
        #expect(run.ending == .exited(2))
        #expect(
            run.errors
                == "openhookd: OPENHOOK_AUTH_PID needs a number from 1 to 2147483647, not \"x\" (openhookd --help)\n")
    }

    @Test func `--help and --version say what they are asked for`() throws {
        let help = try TestServer.run(["--help"])
        #expect(help.ending == .exited(0))
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
        ("openhook 1\nvm a\nselinux off\npeer uid nobody-has-this-name\nallow rw /tmp/x\n", "unknown user or group"),
    ]

    @Test(arguments: badPolicies) func `a bad policy is status 2, and nothing is made`(policy: String, message: String)
        throws
    {
        let directory = try prepare(policy)
        let run = try run(directory, ["--policy", "TOP/policy", "--socket", "TOP/s", "--audit", "TOP/audit"])
        #expect(run.ending == .exited(2))
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(!directory.exists("s"))
        #expect(!directory.exists("audit"))
    }

    @Test func `a policy that is not there is status 2`() throws {
        let run = try run(prepare(), ["--policy", "TOP/missing", "--socket", "TOP/s"])
        #expect(run.ending == .exited(2))
        #expect(run.errors == "openhookd: the policy cannot be read: ENOENT (No such file or directory)\n")
    }

    @Test func `a policy that others can write is status 2, unless that is asked for`() throws {
        let directory = try prepare()
        try directory.setMode("policy", 0o666)
        let run = try run(directory, ["--policy", "TOP/policy", "--socket", "TOP/s"])
        #expect(run.ending == .exited(2))
        #expect(
            run.errors == """
                openhookd: the policy is not used: others than its owner can write it (mode 666); \
                --allow-writable-policy overrides this

                """)
    }

    @Test(.enabled(if: !Privilege.hasSELinux, "this host has SELinux"))
    func `selinux require on a host without SELinux is status 3`() throws {
        let directory = try prepare("openhook 1\nvm a\npeer any\nallow rw /tmp/x\n")
        let run = try run(directory, ["--policy", "TOP/policy", "--socket", "TOP/s"])
        #expect(run.ending == .exited(3))
        #expect(run.errors.contains("SELinux"))
        #expect(!directory.exists("s"))
    }

    static let badEnvironments: [([String], String)] = [
        (["--policy", "TOP/policy", "--fd", "77"], "--fd 77: EBADF (Bad file descriptor)"),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/missing/s"],
            "--socket TOP/missing/s: ENOENT (No such file or directory)"
        ),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/" + String(repeating: "s", count: 200)],
            "ENAMETOOLONG (File name too long)"
        ),
        (
            ["--policy", "TOP/policy", "--socket", "TOP/s", "--audit", "TOP/missing/audit"],
            "--audit: ENOENT (No such file or directory)"
        ),
        (["--policy", "TOP/policy", "--socket", "TOP/s", "--audit", "TOP"], "--audit: EISDIR (Is a directory)"),
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
        let directory = try prepare()
        let before = try TreeSnapshot(of: directory.path)
        let run = try run(directory, arguments)
        #expect(run.ending == .exited(3))
        #expect(run.errors.contains(message.replacing("TOP", with: directory.path)), "\(run.errors)")
        if !directory.exists("audit") { #expect(try TreeSnapshot(of: directory.path) == before) }
        #expect(!directory.exists("s"))
    }

    @Test func `a descriptor that is no socket is status 3`() throws {
        let directory = try prepare()
        let file = try GrantedDescriptor(appendingTo: directory.path("images/disk"))
        let run = try TestServer.run(
            ["--policy", directory.path("policy"), "--fd", "3"], descriptors: [file.number])
        #expect(run.ending == .exited(3))
        #expect(run.errors == "openhookd: --fd 3: ENOTSOCK (Socket operation on non-socket)\n")
    }

    @Test func `a symbolic link is never taken for a socket`() throws {
        let directory = try prepare()
        try directory.symlink("s", to: "nowhere")
        let run = try run(directory, ["--policy", "TOP/policy", "--socket", "TOP/s"])
        #expect(run.ending == .exited(3))
        #expect(try directory.status("s").kind == .symbolicLink)
        #expect(!directory.exists("nowhere"))
    }

    @Test(arguments: Style.allCases) func `a stale socket is replaced`(style: Style) throws {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.socket("socket")
        let server = try TestServer(
            Stand.policy(peer: "peer any", images: directory.path("images")), in: directory
        ) {
            $0.source = .listening(style.socket)
        }
        #expect(try server.connect(style.socket).open("/x", 0).errno == .permissionDenied)
    }

    @Test(arguments: Style.allCases, Style.allCases)
    func `a live socket is an error, and stays`(first: Style, second: Style) throws {
        let stand = try Stand { $0.source = .listening(first.socket) }
        let before = try stand.directory.status("socket").identity
        let run = try TestServer.run(
            ["--policy", stand.directory.path("policy"), "--socket", stand.server.socket]
                + (second == .packets ? ["--seqpacket"] : []))
        #expect(run.ending == .exited(3))
        #expect(run.errors == "openhookd: --socket \(stand.server.socket): EADDRINUSE (Address already in use)\n")
        #expect(try stand.directory.status("socket").identity == before)
        #expect(try stand.server.connect(first.socket).open(stand.disk, OpenFlag.readWrite).file != nil)
    }

    static let modes: [([String], UInt32)] = [([], 0o600), (["--mode", "660"], 0o660), (["--mode", "0"], 0)]

    @Test(arguments: modes)
    func `the socket has the mode that is asked for, whatever the umask`(arguments: [String], mode: UInt32) throws {
        let stand = try Stand {
            $0.arguments = arguments
            $0.shell = "umask 0"
        }
        let status = try stand.directory.status("socket")
        #expect(status.kind == .socket)
        #expect(status.permissions == mode)
    }

    @Test(.enabled(if: Privilege.isRoot, "needs root, to give the socket away"))
    func `the socket has the owner that is asked for`() throws {
        let stand = try Stand { $0.arguments = ["--uid", "12345", "--gid", "23456", "--mode", "660"] }
        let status = try stand.directory.status("socket")
        #expect(status.owner == 12345)
        #expect(status.group == 23456)
        let group = UserIdentity(uid: 777, gid: 23456, groups: [])
        #expect(try stand.server.runClient("open", "rdwr", "0", stand.disk, user: group) == ["ok flags=rdwr size=5"])
    }

    @Test(arguments: Style.allCases) func `a listening socket may be inherited`(style: Style) throws {
        let stand = try Stand { $0.source = .inherited(style.socket) }
        #expect(try stand.server.connect(style.socket).open(stand.disk, OpenFlag.readWrite).file?.read() == "image")
        #expect(try stand.server.records("opened").first?["peer_pid"] == "\(ThisProcess.pid)")
    }

    @Test(arguments: Style.allCases) func `a listening socket may come from the service manager`(style: Style) throws {
        let stand = try Stand { $0.source = .activated(style.socket) }
        #expect(try stand.server.connect(style.socket).open(stand.disk, OpenFlag.readWrite).file?.read() == "image")
        // The name is the service manager's: it stays.
        #expect(try stand.server.stop() == .exited(0))
        #expect(stand.directory.exists("socket"))
    }

    @Test func `two sockets from the service manager are wrong usage`() throws {
        let directory = try prepare()
        let script =
            "LISTEN_PID=$$ LISTEN_FDS=2 exec \(try BuiltProgram.path("openhookd")) --policy \(directory.path("policy"))"
        let run = try Program.run("sh", ["-c", script])
        #expect(run.ending == .exited(2))
        #expect(run.errors == "openhookd: LISTEN_FDS: one socket is expected, no more (openhookd --help)\n")
    }

    @Test func `sockets that are another process's are not taken`() throws {
        let run = try run(
            prepare(), ["--policy", "TOP/policy"], environment: ["LISTEN_PID=1", "LISTEN_FDS=1"])
        #expect(run.ending == .exited(2))
        #expect(run.errors.contains("one of --socket PATH and --fd N is required"))
    }

    @Test(arguments: ["a path", "an abstract name"]) func `the service manager is told`(kind: String) throws {
        let scratch = try ScratchDirectory()
        let manager = try Datagrams(at: kind == "a path" ? scratch.path("notify") : "@" + scratch.path("notify"))
        let stand = try Stand { $0.environment = ["NOTIFY_SOCKET=\(manager.name)"] }
        #expect(try manager.receive() == "READY=1")
        #expect(try stand.server.stop() == .exited(0))
    }

    @Test func `a service manager that cannot be told is status 3`() throws {
        let run = try run(
            prepare(), ["--policy", "TOP/policy", "--socket", "TOP/s"],
            environment: ["NOTIFY_SOCKET=/nonexistent-directory/notify"])
        #expect(run.ending == .exited(3))
        #expect(run.errors.contains("NOTIFY_SOCKET: ENOENT (No such file or directory)"))
    }
}

/// A datagram socket with a name, as a service manager has one.
private final class Datagrams {
    let name: String
    private let socket: OwnedDescriptor

    init(at name: String) throws {
        self.name = name
        socket = OwnedDescriptor(
            taking: try require("socket") { Glibc.socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | 0o2_000_000, 0) })
        var path = Array(name.utf8)
        if name.hasPrefix("@") { path[0] = 0 } else { path.append(0) }
        let address = [UInt8(AF_UNIX), 0] + path
        try require("bind \(name)") {
            unsafe address.withUnsafeBytes { bytes in
                unsafe Glibc.bind(
                    socket.number, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            }
        }
    }

    /// The next one; the server says that it is ready in other ways a little earlier.
    func receive() throws -> String? {
        poll {
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = unsafe recv(socket.number, &bytes, bytes.count, CInt(MSG_DONTWAIT))
            return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
        }
    }
}
