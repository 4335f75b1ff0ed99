import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

struct SocketFileTests {
    private let scratch: ScratchDirectory
    private var path: SystemPath { SystemPath(text: scratch.path("socket")) }
    private static let private600 = SocketFile.Access(uid: nil, gid: nil, mode: 0o600)

    init() throws { scratch = try ScratchDirectory() }

    @Test(arguments: [UnixSocket.Style.stream, .seqpacket])
    func `a socket is made, listens, names who sends, and goes with the value`(style: UnixSocket.Style) throws {
        do {
            let file = try SocketFile(at: path, style, Self.private600)
            #expect(try scratch.status("socket").kind == .socket)
            #expect(try scratch.status("socket").permissions == 0o600)
            let client = try RawConnection(to: path.text, style)
            let accepted = try file.socket.accept()
            try client.send([1])
            var room: [UInt8] = [0]
            var span = room.mutableSpan
            let message = try accepted.receive(into: &span)
            #expect(message.count == 1)
            #expect(message.sender?.pid == ThisProcess.pid)
            #expect(try accepted.peerCredentials().pid == ThisProcess.pid)
        }
        #expect(!scratch.exists("socket"))
    }

    @Test func `a name that is another's by now is left`() throws {
        do {
            let file = try SocketFile(at: path, .stream, Self.private600)
            try scratch.remove("socket")
            try scratch.file("socket", "another's")
            withExtendedLifetime(file) {}
        }
        #expect(try scratch.text("socket") == "another's")
    }

    @Test func `a socket to which nobody listens is replaced`() throws {
        try scratch.socket("socket")
        _ = try SocketFile(at: path, .stream, Self.private600)
        #expect(!scratch.exists("socket"))
    }

    @Test(arguments: [UnixSocket.Style.stream, .seqpacket])
    func `a server that listens is not replaced, of either style`(style: UnixSocket.Style) throws {
        let file = try SocketFile(at: path, .stream, Self.private600)
        #expect(failure { () throws(Errno) in _ = try SocketFile(at: path, style, Self.private600) } == .addressInUse)
        #expect(scratch.exists("socket"))
        withExtendedLifetime(file) {}
    }

    @Test func `what is no socket stays, and is an error`() throws {
        try scratch.file("file")
        try scratch.symlink("link", to: "nowhere")
        try scratch.fifo("fifo")
        for name in ["file", "link", "fifo", "."] {
            let path = SystemPath(text: scratch.path(name))
            #expect(
                failure { () throws(Errno) in _ = try SocketFile(at: path, .stream, Self.private600) } == .fileExists)
        }
        #expect(try scratch.text("file") == "image")
        #expect(!scratch.exists("nowhere"))
    }

    @Test func `a name that is too long for an address is an error`() {
        let path = SystemPath(text: scratch.path(String(repeating: "s", count: 108)))
        #expect(
            failure { () throws(Errno) in _ = try SocketFile(at: path, .stream, Self.private600) } == .fileNameTooLong)
    }

    @Test(.enabled(if: Privilege.isRoot, "needs root, to give the socket away"))
    func `a socket has its owner and mode, and the umask is restored`() async {
        // In a process of its own: the umask is the whole process's.
        await #expect(processExitsWith: .success) {
            let scratch = try ScratchDirectory()
            umask(0o027)
            let access = SocketFile.Access(uid: 12345, gid: 23456, mode: 0o666)
            let file = try SocketFile(at: SystemPath(text: scratch.path("socket")), .stream, access)
            let status = try scratch.status("socket")
            #expect(status.owner == 12345)
            #expect(status.group == 23456)
            #expect(status.permissions == 0o666)
            #expect(umask(0o027) == 0o027)
            withExtendedLifetime(file) {}
        }
    }
}
