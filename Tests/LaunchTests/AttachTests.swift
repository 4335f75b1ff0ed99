import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// A launcher that attaches to a server which runs, with rights that the launcher has not.
@Suite(.enabled(if: LaunchStage.isPossible, "\(LaunchStage.needsRoot)"))
struct AttachTests {
    private static let script =
        "echo up; while read -r x; do { read -r line || :; } < TOP/images/disk.raw; echo \"got $line\"; done"

    private func options(_ way: LaunchStage.Way) throws -> [String] {
        ["--attach", "TOP/launch", "--user", "nobody", "--via", way.rawValue, "--preload"]
            + [try BuiltProgram.preloadLibrary.get()]
    }

    @Test(arguments: LaunchStage.Way.allCases) func `its opens are that server's`(way: LaunchStage.Way) throws {
        let stage = try LaunchStage()
        let server = try AttachableServer(stage)
        let launch = try RunningLaunch(stage, options(way), script: Self.script)
        #expect(try launch.line() == "up")
        try launch.goOn()
        #expect(try launch.line() == "got image")
        let attached = try #require(try stage.records("attached").first)
        #expect(attached["peer_uid"] == "65534")
        #expect(attached["peer_pid"] == "\(launch.process.pid)")
        #expect(try server.end() == .exited(0))
    }

    @Test func `whom the policy does not name is turned away`() throws {
        let stage = try LaunchStage { $0[3] = "peer uid daemon" }
        let server = try AttachableServer(stage)
        let run = try stage.run(options(.notify), ["/bin/true"])
        #expect(run.ending == .exited(3))
        let why =
            "the policy does not let this launcher in: no `peer uid` or `peer gid` statement of the policy names this user"
        #expect(run.errors.hasSuffix("openhook: \(stage.directory.path("launch")): \(why)\n"), "\(run)")
        #expect(try stage.records("connection-refused").first?.reason == why)
        #expect(try server.end() == .exited(0))
    }

    // MARK: Who may come in, and how many

    @Test func `launchers that say nothing keep out no more than a few others, and the others hear why`() throws {
        let stage = try LaunchStage { $0[3] = "peer any" }
        let server = try AttachableServer(stage)
        var silent: [RawConnection] = []
        for _ in 0..<8 { silent.append(try RawConnection(to: stage.directory.path("launch"))) }
        let run = try stage.run(options(.notify), ["/bin/true"])
        #expect(run.ending == .exited(3))
        let why = "8 launchers are here already"
        #expect(run.errors.hasSuffix("openhook: \(stage.directory.path("launch")): \(why)\n"), "\(run)")
        #expect(try stage.records("connection-refused").first?.reason == why)
        silent = []
        let later = try poll { try stage.run(options(.notify), ["/bin/true"]).ending == .exited(0) ? true : nil }
        #expect(later == true)
        #expect(try server.end() == .exited(0))
    }

    @Test func `launchers that the policy does not name keep out nobody`() throws {
        let stage = try LaunchStage()
        let server = try AttachableServer(stage)
        var strangers: [RawConnection] = []
        for _ in 0..<20 { strangers.append(try RawConnection(to: stage.directory.path("launch"))) }
        let run = try stage.run(options(.notify), ["/bin/true"])
        #expect(run.ending == .exited(0), "\(run)")
        withExtendedLifetime(strangers) {}
        #expect(try server.end() == .exited(0))
    }

    @Test func `a launcher whose socket nobody would serve is told so`() throws {
        let stage = try LaunchStage { $0[3] = "peer any" }
        let server = try AttachableServer(stage)
        var clients: [RawConnection] = []
        for _ in 0..<64 {
            let client = try RawConnection(to: stage.directory.path("hook"))
            #expect(try client.open(Array("/none".utf8), OpenFlag.readOnly).errno == .permissionDenied)
            clients.append(client)
        }
        let run = try stage.run(options(.preload), ["/bin/true"])
        #expect(run.ending == .exited(3))
        let why = "the socket cannot be served: 64 connections are open already"
        #expect(run.errors.hasSuffix("openhook: \(stage.directory.path("launch")): \(why)\n"), "\(run)")
        withExtendedLifetime(clients) {}
        #expect(try server.end() == .exited(0))
    }

    @Test func `a server that takes over answers what the one before it had not, and what comes then`() throws {
        let stage = try LaunchStage()
        let manager = try StandInManager(at: stage.directory.path("manager"))
        let first = try AttachableServer(stage, manager)
        let launch = try RunningLaunch(stage, options(.notify), script: Self.script)
        #expect(try launch.line() == "up")
        let kept = poll { () -> Bool? in
            manager.listen()
            return manager.kept.count == 3 ? true : nil
        }
        #expect(kept == true, "\(manager.said)")

        // The server's open waits for as long as somebody else has a lease on the file (fcntl(2)).
        let lease = try Lease(on: stage.directory.path("images/disk.raw"))
        try launch.goOn()
        #expect(poll { lease.isBeingBroken ? true : nil } == true)
        try first.kill()
        lease.end()
        let second = try AttachableServer(stage, manager)
        #expect(try launch.line() == "got image")
        try launch.goOn()
        #expect(try launch.line() == "got image")

        try launch.process.send(signal: .kill)
        #expect(try launch.process.wait() == .signalled(9))
        // Nobody wants its descriptors any more.
        let forgotten = poll { () -> Bool? in
            manager.listen()
            return manager.kept.isEmpty ? true : nil
        }
        #expect(forgotten == true, "\(manager.said)")
        #expect(try second.end() == .exited(0))
    }
}

/// `openhookd` with a socket for launchers, and perhaps a service manager.
private final class AttachableServer {
    private let process: ChildProcess
    private var hasEnded = false

    init(_ stage: LaunchStage, _ manager: StandInManager? = nil) throws {
        manager?.listen()
        let words = [
            "-c", "\(manager?.activation ?? "") exec \"$0\" \"$@\"", try BuiltProgram.path("openhookd"), "--policy",
            stage.directory.path("policy"), "--launch", stage.directory.path("launch"), "--socket",
            stage.directory.path("hook"), "--uid", "nobody", "--audit",
            stage.directory.path("audit"), "--ready-fd", "\(3 + (manager?.kept.count ?? 0))",
        ]
        let ready = try UnixSocket.pair(.stream)
        let errors = try GrantedDescriptor(appendingTo: stage.directory.path("server-errors"))
        var command = ChildProcess.Command(program: SystemPath("/bin/sh"), arguments: words.map { Array($0.utf8) })
        command.environment = manager.map { [Array("NOTIFY_SOCKET=\($0.path)".utf8)] } ?? []
        command.descriptors =
            [-1, errors.number, errors.number] + (manager?.kept.map(\.descriptor.number) ?? [])
            + [ready.second.descriptor.number]
        command.endsWithParent = true
        process = try ChildProcess(command)
        withExtendedLifetime((errors, manager)) {}
        let near = ready.takeFirst()
        guard try Program.readToEnd(of: near) == "READY=1\n" else {
            throw SetUpFailure("the server did not start: \(try stage.directory.text("server-errors"))")
        }
    }

    deinit {
        guard !hasEnded else { return }
        try? process.send(signal: .kill)
        _ = try? process.wait()
    }

    func kill() throws {
        try process.send(signal: .kill)
        _ = try process.wait()
        hasEnded = true
    }

    func end() throws -> ChildProcess.Ending {
        try process.send(signal: .terminate)
        guard let ending = try process.wait(milliseconds: 20_000) else { throw SetUpFailure("the server does not end") }
        hasEnded = true
        return ending
    }
}

/// A lease for writing on a file: another process's open of it waits until the lease is given up.
private final class Lease {
    private var descriptor: OwnedDescriptor?
    private static let set: CInt = 1024
    private static let get: CInt = 1025

    init(on path: String) throws {
        // Whoever has a lease is told with a signal that would end the process.
        _ = signal(SIGIO, SIG_IGN)
        let opened = OwnedDescriptor(taking: try require("open \(path)") { unsafe open(path, O_RDWR | O_CLOEXEC) })
        let number = opened.number
        try require("F_SETLEASE") { fcntl(number, Self.set, CInt(F_WRLCK)) }
        descriptor = consume opened
    }

    /// Whether somebody waits for it to be given up.
    var isBeingBroken: Bool {
        guard let number = descriptor?.number else { return false }
        return fcntl(number, Self.get, 0) != CInt(F_WRLCK)
    }

    func end() { descriptor = nil }
}
