import Glibc
import HookClient
import HookLinux
import HookWire
import SystemPackage
import TestSupport
import Testing

struct ConnectionTests {
    @Test(arguments: Style.allCases, ["die", "half-close"])
    func `a client that ends in the middle of a frame leaves nothing behind`(style: Style, how: String) throws {
        let stand = try Stand { $0.source = .listening(style.socket) }
        for count in [0, 1, 4, 8, 12, 17, 18, 19] where style == .stream || count == 0 {
            _ = try stand.server.runClient(
                style.words + ["begin", "\(count)", "rdwr,trunc", "0", stand.disk, how])
        }
        try stand.expectNoLeak()
        #expect(try stand.directory.text("images/disk") == "image")
        #expect(
            try stand.server.runClient(style.words + ["open", "rdwr", "0", stand.disk]) == ["ok flags=rdwr size=5"])
    }

    @Test(arguments: Style.allCases)
    func `a client that half-closes after its request is not served any more`(style: Style) throws {
        let stand = try Stand { $0.source = .listening(style.socket) }
        let lines = try stand.server.runClient(
            style.words + ["open", "rdwr", "0", stand.disk, "half-close", "reply"])
        #expect(lines == ["ok flags=rdwr size=5", "eof"])
        try stand.expectNoLeak()
    }

    /// Who takes descriptors away that a client sends: the kernel (`SO_PASSRIGHTS`, Linux 6.16), or, where it does not
    /// know that option, the server.
    enum Taker: CaseIterable, Sendable {
        case kernel, server

        func apply(to settings: inout TestServer.Settings) throws {
            guard self == .server else { return }
            // setsockopt(_, SOL_SOCKET, SO_PASSRIGHTS, …) is ENOPROTOOPT.
            settings.wrapper = [
                try BuiltProgram.withoutCall.get(), "\(SystemCall.setsockopt)", "\(ENOPROTOOPT)", "1",
                "\(SOL_SOCKET)", "2", "83", "--",
            ]
        }
    }

    @Test(arguments: Style.allCases, Taker.allCases)
    func `descriptors that clients send are never kept`(style: Style, taker: Taker) throws {
        var settings = TestServer.Settings()
        try taker.apply(to: &settings)
        let stand = try Stand {
            $0.wrapper = settings.wrapper
            $0.source = .listening(style.socket)
            $0.shell = "ulimit -n 64"
        }
        let connection = try stand.server.connect(style.socket)
        let gift = OwnedDescriptor(taking: try require("open") { unsafe Glibc.open("/dev/null", O_RDWR | O_CLOEXEC) })
        let bogus = RawConnection.bytes(8) + RawConnection.bytes(7)
        var answers = 0
        var sent = 0
        for _ in 0..<1000 {
            do {
                try connection.send(bogus, passing: gift)
                sent += 1
            } catch {
                // The kernel refuses what the server does not want (SO_PASSRIGHTS, Linux 6.16): then without it.
                try connection.send(bogus)
            }
            let reply = try connection.reply()
            if reply.command == 7, reply.answer.errno == .noFunction { answers += 1 }
        }
        #expect(answers == 1000)
        if taker == .server { #expect(sent == 1000) }
        #expect(try connection.open(stand.disk, OpenFlag.readWrite).file?.read() == "image")
        try stand.expectNoLeakBeside(connection)
        guard taker == .server else { return }
        #expect(try stand.server.stop() == .exited(0))
        #expect(
            try stand.server.records("stopped").map(\.reason) == ["1000 descriptors that clients sent were closed"])
    }

    @Test(arguments: Style.allCases)
    func `a descriptor that comes with a good request is never kept`(style: Style) throws {
        let stand = try Stand { $0.source = .listening(style.socket) }
        do {
            let connection = try stand.server.connect(style.socket)
            let gift = OwnedDescriptor(
                taking: try require("open") { unsafe Glibc.open("/dev/null", O_RDWR | O_CLOEXEC) })
            let request = RawConnection.request(Array(stand.disk.utf8), OpenFlag.readWrite)
            do {
                try connection.send(request, passing: gift)
                #expect(try connection.reply().answer.file?.read() == "image")
            } catch let error as Errno {
                // The kernel refuses it for the server (SO_PASSRIGHTS, Linux 6.16).
                #expect(error == .notPermitted)
            }
            #expect(try connection.open(stand.disk, OpenFlag.readWrite).file?.read() == "image")
        }
        try stand.expectNoLeak()
    }

    @Test(arguments: Style.allCases)
    func `a client that never reads holds up no other`(style: Style) throws {
        let stand = try Stand(statements: "rate off") { $0.source = .listening(style.socket) }
        let silent = try stand.server.connect(style.socket)
        // Non-blocking, until neither the server reads nor the kernel keeps any more.
        let flags = fcntl(silent.socket.descriptor.number, F_GETFL)
        _ = fcntl(silent.socket.descriptor.number, F_SETFL, flags | O_NONBLOCK)
        let request = RawConnection.request(Array("/unlisted".utf8), OpenFlag.readOnly)
        var sent = 0
        var full = 0
        while full < 50, sent < 200_000 {
            if (try? silent.send(request)) == nil {
                full += 1
                usleep(1000)
            } else {
                full = 0
                sent += 1
            }
        }
        let other = try stand.server.connect(style.socket)
        #expect(try other.open(stand.disk, OpenFlag.readWrite).file?.read() == "image")
        #expect(try other.open(stand.base, OpenFlag.readWrite).errno == .permissionDenied)
        // In the end the server gives up the one that does not read.
        try stand.expectNoLeakBeside(other)
    }

    @Test func `the 65th connection is refused, and room is made when one ends`() throws {
        let stand = try Stand()
        var connections: [RawConnection] = []
        for _ in 0..<64 {
            let connection = try stand.server.connect()
            #expect(try connection.open(stand.disk, OpenFlag.readWrite).file != nil)
            connections.append(connection)
        }
        let late = try stand.server.connect()
        guard case .closed = try late.reply().answer else {
            Issue.record("served")
            return
        }
        let record = try #require(try server(stand).records("connection-refused").first)
        #expect(record.stage == "peer")
        #expect(record.reason == "64 connections are open already")
        connections.removeLast()
        let answer = try poll { () -> GrantedFile? in
            let next = try stand.server.connect()
            // Refused, it may be closed before the request is sent.
            return (try? next.open(stand.disk, OpenFlag.readWrite))?.file
        }
        #expect(answer != nil)
        connections = []
        try stand.expectNoLeak()
    }

    private func server(_ stand: Stand) -> TestServer { stand.server }

    @Test(arguments: Style.allCases)
    func `a server with --fd ends with status 0 when its client has gone`(style: Style) throws {
        let stand = try Stand(peer: "") { $0.source = .pair(style.socket) }
        #expect(try stand.server.runClient("open", "rdwr", "0", stand.disk) == ["ok flags=rdwr size=5"])
        #expect(try stand.server.connect().open(stand.base, OpenFlag.readOnly).file?.read() == "base")
        stand.server.disconnect()
        #expect(try stand.server.end() == .exited(0))
        #expect(try stand.server.records().last?.event == "stopped")
    }

    @Test func `openhook open --fd asks over the socket that it was given`() throws {
        let stand = try Stand(peer: "") { $0.source = .pair(.stream) }
        let connection = try stand.server.connect()
        let program = try BuiltProgram.path("openhook")
        let granted = try Program.run(
            program, ["open", "--fd", "3", "--cat", stand.disk], descriptors: [connection.socket.descriptor.number])
        #expect(granted.ending == .exited(0))
        #expect(granted.output == "image")
        let refused = try Program.run(
            program, ["open", "--fd", "3", "/unlisted"], descriptors: [connection.socket.descriptor.number])
        #expect(refused.ending == .exited(1))
        #expect(refused.output == "refused: /unlisted: EACCES (Permission denied)\n")
        let nothing = try Program.run(program, ["open", "--fd", "3", stand.disk])
        #expect(nothing.ending == .exited(3))
        #expect(
            nothing.errors.hasPrefix(
                "openhook: not a connected UNIX stream or seqpacket socket: Bad file descriptor\n"), "\(nothing.errors)"
        )
        #expect(try stand.server.records("opened").map { $0.name } == [stand.disk])
    }

    @Test func `a server with --fd that is told to end closes the connection`() throws {
        let stand = try Stand(peer: "") { $0.source = .pair(.stream) }
        let connection = try stand.server.connect()
        #expect(try connection.open(stand.disk, OpenFlag.readWrite).file != nil)
        #expect(try stand.server.stop() == .exited(0))
        guard case .closed = try connection.reply().answer else {
            Issue.record("not closed")
            return
        }
    }
}
