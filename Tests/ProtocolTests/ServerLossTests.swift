import Glibc
import HookClient
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// A server that goes, and what its clients make of that: words and an exit status, and no signal.
struct ServerLossTests {
    @Test(arguments: Style.allCases)
    func `a server that is killed while a client waits is an error with words`(style: Style) throws {
        let stand = try Stand(statements: "rate 1 burst 1") { $0.source = .listening(style.socket) }
        let client = try stand.server.client()
        _ = try client.open(name: Array(stand.disk.utf8), flags: 2, mode: 0)
        // The bucket is empty: the next answer is a second away.
        let pid = stand.server.pid
        try Thread.start {
            if poll({ TestServer.isDelayingAnAnswer(pid) ? true : nil }) == true { kill(pid, SIGKILL) }
        }
        do throws(ClientError) {
            _ = try client.open(name: Array(stand.disk.utf8), flags: 2, mode: 0)
            Issue.record("answered")
        } catch {
            #expect(error == .endOfFile)
            #expect(error.errno == .connectionReset)
            #expect(
                "\(error)"
                    == "the server closed the connection without an answer; its audit log says why, if it refused this peer"
            )
        }
        _ = try stand.server.end()
    }

    @Test(arguments: Style.allCases)
    func `a server that is killed while a program waits is an EIO and one line with the preload library`(style: Style)
        throws
    {
        // The second open has to wait for its turn.
        let stand = try Stand(statements: "rate 1 burst 1") { $0.source = .listening(style.socket) }
        let pid = stand.server.pid
        let audit = SystemPath(text: stand.directory.path("audit"))
        try Thread.start {
            let isFirstOver = poll { () -> Bool? in
                let text = try? SmallFile.read(audit, limit: 1 << 20)
                return String(decoding: text ?? [], as: UTF8.self).contains("handed-over") ? true : nil
            }
            guard isFirstOver == true else { return }
            if poll({ TestServer.isDelayingAnAnswer(pid) ? true : nil }) == true { kill(pid, SIGKILL) }
        }
        let run = try Program.run(
            "cat", [stand.base, stand.disk],
            environment: [
                "LC_ALL=C", "LD_PRELOAD=\(try BuiltProgram.preloadLibrary.get())",
                "OPENHOOK_SOCKET=\(stand.server.socket)", "OPENHOOK_PATHS=\(stand.directory.path("images"))",
            ])
        // An exit status, and no SIGPIPE.
        #expect(run.ending == .exited(1))
        #expect(run.output == "base")
        #expect(
            run.errors == """
                openhook: the broker closed the connection, cannot open: \(stand.disk)
                \(try Program.find("cat")): \(stand.disk): Input/output error

                """)
        #expect(try stand.server.end() == .signalled(9))
    }

    @Test(arguments: Style.allCases)
    func `a server that is killed while openhook open waits is status 3, with words`(style: Style) throws {
        let stand = try Stand {
            $0.source = .listening(style.socket)
            $0.arguments = ["--open-timeout", "60"]
        }
        let pid = stand.server.pid
        let lease = try Lease(on: stand.disk)
        try Thread.start {
            if poll({ TestServer.isWaitingForLease(pid) ? true : nil }) == true { kill(pid, SIGKILL) }
        }
        let run = try Program.run(
            BuiltProgram.path("openhook"), ["open", "--socket", stand.server.socket, "--access", "rw", stand.disk])
        // An exit status, and no SIGPIPE.
        #expect(run.ending == .exited(3))
        #expect(run.output == "")
        #expect(
            run.errors == """
                openhook: the server closed the connection without an answer; its audit log says why, if it refused this peer
                If the server has not ended, a `peer` statement of its policy must name this user: see its audit records.

                """)
        #expect(try stand.server.end() == .signalled(9))
        lease.release()
    }

    @Test(arguments: Style.allCases)
    func `a server that was killed before it is asked ends no client by a signal`(style: Style) throws {
        let stand = try Stand(peer: "") { $0.source = .pair(style.socket) }
        let connection = try stand.server.connect()
        #expect(try connection.open(stand.disk, OpenFlag.readOnly).file?.read() == "image")
        try stand.server.process.send(signal: .kill)
        #expect(try stand.server.end() == .signalled(9))
        let socket = connection.socket.descriptor.number
        let command = try Program.run(
            BuiltProgram.path("openhook"), ["open", "--fd", "3", stand.disk], descriptors: [socket])
        #expect(command.ending == .exited(3))
        #expect(command.errors.hasPrefix("openhook: the server closed the connection without an answer; "))
        let hooked = try Program.run(
            "cat", [stand.disk],
            environment: [
                "LC_ALL=C", "LD_PRELOAD=\(try BuiltProgram.preloadLibrary.get())", "OPENHOOK_FD=3",
                "OPENHOOK_PATHS=\(stand.directory.path("images"))",
            ], descriptors: [socket])
        #expect(hooked.ending == .exited(1))
        #expect(
            hooked.errors == """
                openhook: the connection to the broker is closed, cannot open: \(stand.disk)
                \(try Program.find("cat")): \(stand.disk): Input/output error

                """)
    }
}
