import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// Who may ask.
struct PeerTests {
    private static let own = ThisProcess.pid

    /// Whether the server answers, or closes the connection.
    private func isServed(_ connection: RawConnection, _ name: String) throws -> Bool {
        // The server may be quicker to close than this is to send.
        guard let answer = try? connection.open(name, OpenFlag.readOnly) else { return false }
        return answer.file != nil
    }

    @Test(arguments: Style.allCases) func `the process that --peer-pid names is served`(style: Style) throws {
        let stand = try Stand(peer: "") {
            $0.source = .listening(style.socket)
            $0.arguments = ["--peer-pid", "\(Self.own)"]
        }
        #expect(try isServed(stand.server.connect(style.socket), stand.disk))
        #expect(try stand.server.records("opened").first?["peer_pid"] == "\(Self.own)")
    }

    @Test(arguments: Style.allCases) func `another process than --peer-pid names is turned away`(style: Style) throws {
        let stand = try Stand(peer: "") {
            $0.source = .listening(style.socket)
            $0.arguments = ["--peer-pid", "\(Self.own)"]
        }
        #expect(
            try stand.server.runClient(style.words + ["open", "rdwr,trunc", "0", stand.disk]) == ["eof"])
        let record = try #require(try stand.server.records("connection-refused").first)
        #expect(record.stage == "peer")
        #expect(record.reason == "only process \(Self.own) may ask (--peer-pid), and it must still run")
        #expect(try stand.directory.text("images/disk") == "image")
        try stand.expectNoLeak()
    }

    @Test(arguments: Style.allCases)
    func `a child of the right process that uses its connection is turned away`(style: Style) throws {
        let stand = try Stand(peer: "") {
            $0.source = .listening(style.socket)
            $0.arguments = ["--peer-pid", "\(Self.own)"]
        }
        let connection = try stand.server.connect(style.socket)
        #expect(try isServed(connection, stand.disk))
        let run = try Program.run(
            BuiltProgram.hookClient.get(), ["--fd", "3"] + style.words + ["open", "rdwr,trunc", "0", stand.disk],
            descriptors: [connection.socket.descriptor.number])
        #expect(run.lines == ["eof"])
        #expect(try stand.directory.text("images/disk") == "image")
        #expect(try stand.server.records("connection-refused").count == 1)
    }

    @Test(arguments: Style.allCases)
    func `on an inherited pair --peer-pid holds for each message`(style: Style) throws {
        let stand = try Stand(peer: "") {
            $0.source = .pair(style.socket)
            $0.arguments = ["--peer-pid", "\(Self.own)"]
        }
        #expect(try isServed(stand.server.connect(), stand.disk))
        #expect(try stand.server.runClient(style.words + ["open", "rdwr,trunc", "0", stand.disk]) == ["eof"])
        #expect(try stand.directory.text("images/disk") == "image")
        #expect(try stand.server.end() == .exited(0))
        let record = try #require(try stand.server.records("connection-refused").last)
        #expect(record.reason == "only process \(Self.own) may ask (--peer-pid), and it must still run")
    }

    /// The kernel gives such a message the sender 0, and the user 65534: nobody's.
    @Test(arguments: Style.allCases)
    func `a message that was sent before anybody asked for its sender is nobody's`(style: Style) throws {
        let unserved = try Unserved(peer: "peer uid 65534")
        let directory = unserved.directory
        let pair = try UnixSocket.pair(style.socket)
        let given = GrantedDescriptor(try pair.second.descriptor.duplicate())
        let client = RawConnection(pair.takeFirst())
        try client.send(
            RawConnection.request(Array(directory.path("images/disk").utf8), OpenFlag.readWrite | OpenFlag.truncate))
        let run = try TestServer.run(
            ["--policy", directory.path("policy"), "--fd", "3", "--audit", directory.path("audit")],
            descriptors: [given.number])
        #expect(run.ending == .exited(0))
        guard case .closed = try client.reply().answer else {
            Issue.record("answered")
            return
        }
        let records = try AuditLine.lines(of: directory.text("audit"))
        let refused = try #require(records.first { $0.event == "connection-refused" })
        #expect(refused.reason == "the kernel does not say which process sent the message")
        #expect(try directory.text("images/disk") == "image")
    }

    @Test func `a process that has ended is nobody`() throws {
        let sleeper = try ChildProcess(
            .init(program: SystemPath(text: Program.find("sleep")), arguments: [Array("1000".utf8)]))
        let stand = try Stand(peer: "") { $0.arguments = ["--peer-pid", "\(sleeper.pid)"] }
        #expect(try !isServed(stand.server.connect(), stand.disk))
        try sleeper.send(signal: .kill)
        _ = try sleeper.wait()
        #expect(try !isServed(stand.server.connect(), stand.disk))
        let run = try TestServer.run([
            "--policy", stand.directory.path("policy"), "--socket", stand.directory.path("other"), "--peer-pid",
            "\(sleeper.pid)",
        ])
        #expect(run.ending == .exited(3))
        #expect(run.errors == "openhookd: --peer-pid: ESRCH (No such process)\n")
        #expect(!stand.directory.exists("other"))
    }

    /// Whether a process can be given a number that another one had: in a pid namespace of its own.
    private static let givesNumbers: Bool = {
        guard Privilege.isRoot else { return false }
        let script = "echo 300 > /proc/sys/kernel/ns_last_pid; sh -c 'exit 0' & test $! = 301"
        return (try? Program.run("unshare", ["-p", "-f", "--mount-proc", "sh", "-c", script]).ending) == .exited(0)
    }()

    @Test(.enabled(if: givesNumbers, "needs root, to choose a process's number"))
    func `a process that has the number of one that has ended is turned away`() throws {
        let unserved = try Unserved(peer: "")
        let directory = unserved.directory
        // Process 300 is named, served, and ends; the next process 300 asks.
        let script = """
            PATH=/usr/bin:/bin
            give() { echo $(($1 - 1)) > /proc/sys/kernel/ns_last_pid; }
            give 300
            sh -c 'while ! grep -qs started "$1"; do sleep 0.05; done; shift; exec "$@"' sh "$AUDIT" $CLIENT &
            first=$!
            "$SERVER" --policy "$POLICY" --socket "$SOCKET" --audit "$AUDIT" --peer-pid $first &
            server=$!
            wait $first
            give 300
            $CLIENT &
            second=$!
            wait $second
            echo $first $second
            kill $server
            wait $server
            """
        let client = try BuiltProgram.hookClient.get()
        let run = try Program.run(
            "unshare", ["-p", "-f", "--mount-proc", "sh", "-c", script],
            environment: [
                "AUDIT=\(directory.path("audit"))", "POLICY=\(directory.path("policy"))",
                "SOCKET=\(directory.path("socket"))", "SERVER=\(try BuiltProgram.path("openhookd"))",
                "CLIENT=\(client) --socket \(directory.path("socket")) open rdwr 0 \(directory.path("images/disk"))",
            ])
        #expect(run.ending == .exited(0), "\(run)")
        #expect(run.lines == ["ok flags=rdwr size=5", "eof", "300 300"], "\(run)")
        let records = try AuditLine.lines(of: directory.text("audit"))
        let refused = try #require(records.first { $0.event == "connection-refused" })
        #expect(refused["peer_pid"] == "300")
        #expect(refused.reason == "only process 300 may ask (--peer-pid), and it must still run")
    }

    @Test func `OPENHOOK_AUTH_PID is --peer-pid`() throws {
        let stand = try Stand(peer: "") { $0.environment = ["OPENHOOK_AUTH_PID=\(Self.own)"] }
        #expect(try isServed(stand.server.connect(), stand.disk))
        #expect(try stand.server.runClient("open", "rdwr", "0", stand.disk) == ["eof"])
    }

    @Test func `--peer-pid beats OPENHOOK_AUTH_PID`() throws {
        let stand = try Stand(peer: "") {
            $0.environment = ["OPENHOOK_AUTH_PID=1"]
            $0.arguments = ["--peer-pid", "\(Self.own)"]
        }
        #expect(try isServed(stand.server.connect(), stand.disk))
    }

    @Test func `the process must also be of the user that the policy names`() throws {
        let stand = try Stand(peer: "peer uid 54321") { $0.arguments = ["--peer-pid", "\(Self.own)"] }
        #expect(try !isServed(stand.server.connect(), stand.disk))
        let record = try #require(try stand.server.records("connection-refused").first)
        #expect(record.reason == "no `peer uid` or `peer gid` statement of the policy names this user")
    }

    /// A policy's statements, and who of uid 0, 1000:1000, 1000:2000, 3000:2000 may ask.
    static let users: [(String, [Bool])] = [
        ("peer uid 1000", [false, true, true, false]), ("peer gid 2000", [false, false, true, true]),
        ("peer uid 1000\npeer gid 2000", [false, false, true, false]),
        ("peer uid 1000\npeer uid 0", [true, true, true, false]), ("peer any", [true, true, true, true]),
        ("peer uid root", [true, false, false, false]),
    ]

    @Test(.enabled(if: Privilege.isRoot, "needs root, to run clients as other users"), arguments: users)
    func `peer uid and peer gid part users`(peer: String, served: [Bool]) throws {
        let stand = try Stand(peer: peer) { $0.arguments = ["--mode", "666"] }
        let clients: [UserIdentity?] = [
            nil, UserIdentity(uid: 1000, gid: 1000, groups: []), UserIdentity(uid: 1000, gid: 2000, groups: []),
            UserIdentity(uid: 3000, gid: 2000, groups: []),
        ]
        // Other users must be able to run the C client.
        for (client, isServed) in zip(clients, served) {
            let lines = try stand.server.runClient("open", "rdwr", "0", stand.disk, user: client)
            #expect(lines == [isServed ? "ok flags=rdwr size=5" : "eof"], "\(client?.uid ?? 0)")
        }
        #expect(try stand.server.records("connection-refused").count == served.count { !$0 })
        try stand.expectNoLeak()
    }

    @Test(.enabled(if: Privilege.isRoot, "needs root, to run clients as other users"))
    func `a connection that another user's process inherits is not that user's`() throws {
        let stand = try Stand(peer: "peer uid \(getuid())")
        let connection = try stand.server.connect()
        #expect(try isServed(connection, stand.disk))
        let run = try Program.run(
            BuiltProgram.hookClient.get(), ["--fd", "3", "open", "rdwr", "0", stand.disk],
            descriptors: [connection.socket.descriptor.number], user: UserIdentity(uid: 1000, gid: 1000, groups: []))
        #expect(run.lines == ["eof"])
    }

    @Test(.enabled(if: Privilege.isRoot, "needs root, to run clients as other users"))
    func `who cannot write the socket cannot connect`() throws {
        let stand = try Stand()
        let lines = try stand.server.runClient(
            "open", "rdwr", "0", stand.disk, user: UserIdentity(uid: 1000, gid: 1000, groups: []))
        #expect(lines == ["connect errno EACCES"])
    }

    @Test func `a listening socket needs somebody who may ask`() throws {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.file("policy", Stand.policy(peer: "", images: directory.path("images")))
        let run = try TestServer.run(["--policy", directory.path("policy"), "--socket", directory.path("socket")])
        #expect(run.ending == .exited(2))
        #expect(
            run.errors == """
                openhookd: \(directory.path("policy")): the policy says nowhere who may ask: add `peer uid USER`, \
                or `peer gid GROUP`; or start with --peer-pid PID

                """)
        #expect(!directory.exists("socket"))
    }
}
