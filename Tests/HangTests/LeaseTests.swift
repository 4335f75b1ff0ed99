import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// A lease on a local file: the kernel lets a conflicting open wait for its holder, 45 s if that does nothing.
@Suite(.serialized)
struct LeaseTests {
    private func serve(
        _ directory: ScratchDirectory, _ change: (inout TestServer.Settings) -> Void = { _ in }
    ) throws -> TestServer {
        let policy = """
            openhook 1
            vm lease
            selinux off
            peer any
            root images \(directory.path("images")) {
                allow rw *.img
            }

            """
        return try TestServer(policy, in: directory) {
            $0.arguments = ["--open-timeout", "1"]
            change(&$0)
        }
    }

    @Test(arguments: [UnixSocket.Style.stream, .seqpacket])
    func `an open that waits for another's lease is answered ETIMEDOUT, and other connections are served`(
        style: UnixSocket.Style
    ) throws {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.file("images/leased.img")
        try directory.file("images/free.img")
        let server = try serve(directory) { $0.source = .listening(style) }
        let holder = try Lease(on: directory.path("images/leased.img"))
        let client = try server.connect(style)
        #expect(try client.open(directory.path("images/free.img"), O_RDWR).file != nil)
        // Once this is answered the server has closed what it sent before.
        #expect(try client.open(directory.path("elsewhere"), O_RDWR).errno == .permissionDenied)
        let before = try server.descriptorCount()
        #expect(try client.open(directory.path("images/leased.img"), O_RDWR).errno == .timedOut)
        #expect(try client.open(directory.path("images/free.img"), O_RDWR).file != nil)
        try serveAnother(server, style, directory.path("images/free.img"))
        // A reader does not conflict with this lease; nor does a writer that will not wait hang.
        #expect(try client.open(directory.path("images/leased.img"), O_RDONLY).file != nil)
        #expect(
            try client.open(directory.path("images/leased.img"), O_RDWR | O_NONBLOCK).errno
                == .resourceTemporarilyUnavailable)
        holder.release()
        #expect(
            try poll { try client.open(directory.path("images/leased.img"), O_RDWR).file == nil ? nil : true } == true)
        #expect(try server.descriptorCount(awaiting: before) == before)
    }

    private func serveAnother(_ server: TestServer, _ style: UnixSocket.Style, _ name: String) throws {
        let other = try server.connect(style)
        #expect(try other.open(name, O_RDWR).file != nil)
    }

    @Test func `a request that came together with one that hung is recorded as its sender's`() throws {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.file("images/leased.img")
        try directory.file("images/free.img")
        let server = try serve(directory) { $0.source = .pair(.stream) }
        let holder = try Lease(on: directory.path("images/leased.img"))
        defer { holder.release() }
        // A child, while it was this process that made the pair.
        #expect(
            try server.runClient(
                "pair", "rdwr", "0", directory.path("images/leased.img"), directory.path("images/free.img"))
                == ["errno ETIMEDOUT", "ok flags=rdwr size=5"])
        let refused = try server.awaitRecord("refused")
        let opened = try server.awaitRecord("opened")
        #expect(opened.name == directory.path("images/free.img"))
        let sender = try #require(refused["peer_pid"])
        #expect(sender != "\(ThisProcess.pid)")
        #expect(opened["peer_pid"] == sender)
    }

    @Test func `a file that came too late is not truncated`() throws {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.file("images/leased.img", "precious")
        let server = try serve(directory)
        let holder = try Lease(on: directory.path("images/leased.img"))
        let client = try server.connect()
        #expect(try client.open(directory.path("images/leased.img"), O_RDWR | O_TRUNC).errno == .timedOut)
        holder.release()
        // The open that hung has come to an end, and been recorded as such.
        let late = try server.awaitRecord("not-handed-over")
        #expect(late.errno == "ETIMEDOUT")
        #expect(try directory.text("images/leased.img") == "precious")
        // Had the file been sent after all, it would be taken for this answer.
        #expect(try client.open(directory.path("elsewhere"), O_RDWR).errno == .permissionDenied)
    }

    @Test func `a file that cannot be had without waiting is not truncated for one who will not wait`() throws {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.file("images/leased.img", "precious")
        let server = try serve(directory)
        let holder = try Lease(on: directory.path("images/leased.img"))
        let before = try TreeSnapshot(of: directory.path("images"))
        let client = try server.connect()
        #expect(
            try client.open(directory.path("images/leased.img"), O_RDWR | O_TRUNC | O_NONBLOCK).errno
                == .resourceTemporarilyUnavailable)
        #expect(try server.records("refused").last?.stage == "reopen")
        holder.release()
        #expect(try TreeSnapshot(of: directory.path("images")) == before)
    }

    @Test func `when the server is killed while an open waits for a lease, its clients see the end at once`() throws {
        let directory = try Self.images()
        let server = try serve(directory) { $0.arguments = ["--open-timeout", "60"] }
        let holder = try Lease(on: directory.path("images/leased.img"))
        let (waiting, idle) = try connect(to: server, in: directory)
        try server.process.send(signal: .kill)
        // Before the lease is given up.
        #expect(try isClosed(waiting))
        #expect(try isClosed(idle))
        #expect(try server.end() == .signalled(9))
        holder.release()
    }

    @Test func `a server that is told to end takes nobody in any more, and answers the open that waits`() throws {
        let directory = try Self.images()
        let server = try serve(directory) { $0.arguments = ["--open-timeout", "60"] }
        let holder = try Lease(on: directory.path("images/leased.img"))
        let (waiting, idle) = try connect(to: server, in: directory)
        try server.process.send(signal: .terminate)
        #expect(try isClosed(idle))
        #expect(!directory.exists("socket"))
        #expect(throws: (any Error).self) { try server.connect() }
        holder.release()
        #expect(try waiting.reply().answer.file?.read() == "leased")
        #expect(try isClosed(waiting))
        #expect(try server.end() == .exited(0))
        #expect(try server.records().map(\.event).suffix(3) == ["opened", "handed-over", "stopped"])
    }

    private static func images() throws -> ScratchDirectory {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.file("images/leased.img", "leased")
        try directory.file("images/free.img")
        return directory
    }

    /// A client whose open waits for the lease, and one that has got its file.
    private func connect(
        to server: TestServer, in directory: ScratchDirectory
    ) throws -> (waiting: RawConnection, idle: RawConnection) {
        let waiting = try server.connect()
        try waiting.send(RawConnection.request(Array(directory.path("images/leased.img").utf8), O_RDWR))
        let idle = try server.connect()
        #expect(try idle.open(directory.path("images/free.img"), O_RDWR).file != nil)
        #expect(poll { TestServer.isWaitingForLease(server.pid) ? true : nil } == true)
        return (waiting, idle)
    }
}
