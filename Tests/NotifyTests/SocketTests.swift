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
        #expect(refusal?.reason == "no `own socket` or `own rw` statement names this socket")
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
    }
}
