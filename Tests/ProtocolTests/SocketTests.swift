import HookLinux
import SystemPackage
import TestSupport
import Testing

/// The socket's file.
struct SocketTests {
    @Test func `a symbolic link is never taken for a socket`() throws {
        let unserved = try Unserved()
        let directory = unserved.directory
        try directory.symlink("s", to: "nowhere")
        let run = try unserved.run(["--policy", "TOP/policy", "--socket", "TOP/s"])
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
}
