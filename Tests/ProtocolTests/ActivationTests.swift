import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// Sockets that come from elsewhere, and telling the service manager.
struct ActivationTests {
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
        let unserved = try Unserved()
        let directory = unserved.directory
        let script =
            "LISTEN_PID=$$ LISTEN_FDS=2 exec \(try BuiltProgram.path("openhookd")) --policy \(directory.path("policy"))"
        let run = try Program.run("sh", ["-c", script])
        #expect(run.ending == .exited(2))
        #expect(
            run.errors == "openhookd: LISTEN_FDS: one socket for requests is expected, no more (openhookd --help)\n")
    }

    /// Arguments beside a socket that LISTEN_FDS passes as number 3, and what is printed before ` (openhookd --help)`.
    static let givenTwice: [(String, [String], String)] = [
        ("requests", ["--launch-fd", "3"], "LISTEN_FDS and --launch-fd are the same descriptor"),
        ("requests", ["--ready-fd", "3"], "LISTEN_FDS and --ready-fd are the same descriptor"),
        ("launch", ["--fd", "3"], "--fd and LISTEN_FDS are the same descriptor"),
        ("launch", ["--ready-fd", "3"], "LISTEN_FDS and --ready-fd are the same descriptor"),
    ]

    @Test(arguments: givenTwice)
    func `a socket from the service manager is nothing else besides`(
        name: String, arguments: [String], message: String
    ) throws {
        let unserved = try Unserved()
        let run = try activated(unserved, name, arguments, [])
        #expect(run.ending == .exited(2))
        #expect(run.errors == "openhookd: \(message) (openhookd --help)\n")
    }

    @Test func `a socket for launchers that does not listen is status 3`() throws {
        let unserved = try Unserved()
        let pair = try UnixSocket.pair(.stream)
        let run = try activated(unserved, "launch", [], [pair.second.descriptor.number])
        #expect(run.ending == .exited(3))
        #expect(run.errors == "openhookd: the socket `launch` of LISTEN_FDS does not listen\n")
    }

    private func activated(
        _ unserved: Unserved, _ name: String, _ arguments: [String], _ descriptors: [CInt]
    ) throws -> Program.Output {
        let script = "LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=\(name) exec \"$0\" \"$@\""
        return try Program.run(
            "sh",
            ["-c", script, try BuiltProgram.path("openhookd"), "--policy", unserved.directory.path("policy")]
                + arguments,
            descriptors: descriptors)
    }

    @Test func `sockets that are another process's are not taken`() throws {
        let run = try Unserved().run(["--policy", "TOP/policy"], environment: ["LISTEN_PID=1", "LISTEN_FDS=1"])
        #expect(run.ending == .exited(2))
        #expect(run.errors.contains("one of --socket PATH, --fd N, --launch PATH and --launch-fd N is required"))
    }

    @Test(arguments: ["a path", "an abstract name"]) func `the service manager is told`(kind: String) throws {
        let scratch = try ScratchDirectory()
        let manager = try Datagrams(at: kind == "a path" ? scratch.path("notify") : "@" + scratch.path("notify"))
        let stand = try Stand { $0.environment = ["NOTIFY_SOCKET=\(manager.name)"] }
        #expect(try manager.receive() == "READY=1")
        #expect(try stand.server.stop() == .exited(0))
    }

    @Test func `a service manager that cannot be told is status 3`() throws {
        let run = try Unserved().run(
            ["--policy", "TOP/policy", "--socket", "TOP/s"],
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
