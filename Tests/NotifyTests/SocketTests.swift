import Foundation
import HookLinux
import SystemPackage
import Testing
import TestSupport

/// UNIX sockets, which are reached by name.
@Suite(.enabled(if: GuardedProgram.isPossible))
struct SocketTests {
    /// Somebody listens there, whom everybody may reach as far as modes go.
    private static func listen(_ program: GuardedProgram, _ name: String) throws -> UnixSocket {
        let listener = try UnixSocket(.stream)
        try listener.bind(to: SystemPath(text: program.directory.path(name)))
        try listener.listen()
        try program.directory.setMode(name, 0o666)
        return listener
    }

    @Test func `a socket of somebody else's is out of reach, whatever its mode`() throws {
        let program = try GuardedProgram()
        let listener = try Self.listen(program, "admin")
        #expect(try program.run("connect \(program.directory.path("admin"))") == ["EACCES"])
        let refusal = try program.records().last { $0.event == "refused" }
        #expect(refusal?["operation"] == "connect")
        #expect(refusal?.name == program.directory.path("admin"))
        #expect(refusal?.reason == Self.notNamed(program.directory.path("admin")))
        _ = listener.descriptor.number
    }

    @Test func `a link in the program's own directory leads to no socket of somebody else's`() throws {
        let program = try GuardedProgram()
        let listener = try Self.listen(program, "admin")
        #expect(
            try program.run("symlink \(program.directory.path("admin")) %w/mine", "connect %w/mine")
                == ["ok", "EACCES"])
        _ = listener.descriptor.number
    }

    @Test func `a socket that the policy names is reached, and its owner sees the program's user`() throws {
        let program = try GuardedProgram(statements: ["own socket DIR/service"])
        let listener = try Self.listen(program, "service")
        let probe = try program.start("connect \(program.directory.path("service"))", "await")
        #expect(try probe.line() == "ok")
        let connection = try listener.accept()
        #expect(try connection.peerCredentials().uid == 65_534)
        #expect(try connection.peerCredentials().gid == 65_534)
        try probe.goOn()
    }

    @Test func `a socket is made where the program may write, and nowhere else`() throws {
        let program = try GuardedProgram()
        #expect(
            try program.run(
                "bind %w/monitor", "connect %w/monitor", "bind %i/monitor", "bind \(program.directory.path("monitor"))")
                == ["ok", "ECONNREFUSED", "EACCES", "EACCES"])
        // The last one is the wall's answer, not the broker's.
        let refusals = try program.records("refused").filter { $0["operation"] == "bind" }
        #expect(refusals.count == 1)
        #expect(refusals.first?.name == program.image("monitor"))
        #expect(refusals.first?.reason == Self.notNamed(program.image("monitor")))
    }

    private static func notNamed(_ socket: String) -> String {
        "no `own socket` or `own rw` statement names this socket: add `own socket \(socket)`"
    }

    @Test(arguments: ["", "--strict"])
    func `a socket is made anew, and connected to, in the directories that the launcher makes`(option: String) throws {
        let program = try GuardedProgram(statements: option.isEmpty ? [] : [Self.runtimePolicy])
        if !option.isEmpty { program.options = [option] }
        let (run, temporary) = (
            program.directory.path("runtime/qemu"), program.directory.path("tmp/openhook-guarded-65534")
        )
        for place in [run, temporary, program.directory.path("work")] {
            #expect(
                try program.run(
                    "unlink \(place)/qmp", "bind \(place)/qmp", "connect \(place)/qmp", "unlink \(place)/qmp",
                    "unlink \(place)/qmp", "bind \(place)/qmp")
                    == ["ENOENT", "ok", "ECONNREFUSED", "ok", "ENOENT", "ok"])
        }
    }

    @Test func `where every name is the broker's, nothing is removed by a link out of the program's directory`() throws
    {
        let program = try GuardedProgram(statements: [Self.runtimePolicy])
        program.options = ["--strict"]
        try program.directory.symlink("work/out", to: "../images")
        let before = try TreeSnapshot(of: program.images)
        #expect(try program.run("unlink %w/out/secret.raw", "unlink %w/../images/secret.raw") == ["EACCES", "EINVAL"])
        #expect(try TreeSnapshot(of: program.images) == before)
    }

    // MARK: Addresses that are no names

    /// The broker makes these calls, too: never with rights that the program has not.
    @Test(arguments: ["", "--strict"])
    func `a socket of the network is used with the program's own rights, not with the broker's`(option: String) throws {
        let program = try GuardedProgram(statements: option.isEmpty ? [] : [Self.runtimePolicy])
        if !option.isEmpty { program.options = [option] }
        // In nobody's range, and outside of the one from which the kernel itself chooses.
        #expect(try program.run("bindport 80", "bindport 0", "netlink") == ["EACCES", "ok", "EPERM"])
    }

    @Test func `a root without capabilities has none by the broker's call`() throws {
        let program = try GuardedProgram(statements: [Self.runtimePolicy])
        program.options = ["--strict", "--allow-root", "--user", "0"]
        #expect(try program.run("bindport 80", "netlink") == ["EACCES", "EPERM"])
    }

    @Test func `a connection that goes on being made is no refusal`() throws {
        let program = try GuardedProgram()
        #expect(try program.run("connectlater 9") == ["EINPROGRESS"])
        #expect(try program.records().allSatisfy { $0.event != "refused" })
    }

    private static let runtimePolicy: String = {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return "include \"\(repository.appending(path: "policy/examples/qemu-runtime.policy").path)\""
    }()
}
