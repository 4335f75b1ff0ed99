import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

struct UnixSocketTests {
    @Test func `a pair carries a descriptor, and says that its peer has gone`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("file", "content")
        let pair = try UnixSocket.pair(.stream)
        let file = try RootDirectory(ambientPath: SystemPath(text: scratch.path)).resolve(
            climbing: "file", links: .refuse, mounts: .refuse)
        let bytes: [UInt8] = [7]
        #expect(try pair.first.send(bytes.span, passing: file) == 1)
        var room: [UInt8] = [0, 0]
        var span = room.mutableSpan
        var message = try pair.second.receiveWithDescriptor(into: &span)
        #expect(message.count == 1)
        #expect(message.lostDescriptors == false)
        let came = GrantedFile(message.descriptor.take())
        let received = try #require(came)
        #expect(try received.status.identity == scratch.status("file").identity)
        #expect(pair.first.peerHasGone() == false)
        pair.second.endWriting()
        #expect(pair.first.peerHasGone() == true)
    }

    @Test func `descriptors that nobody asked for are closed`() throws {
        let pair = try UnixSocket.pair(.seqpacket)
        let null = try RootDirectory(ambientPath: "/").descriptor.duplicate()
        let bytes: [UInt8] = [7]
        _ = try pair.first.send(bytes.span, passing: null)
        var room: [UInt8] = [0]
        var span = room.mutableSpan
        let message = try pair.second.receive(into: &span)
        #expect(message.count == 1)
        #expect(message.closedDescriptors == 1)
    }

    @Test func `a packet that is longer than the room says so`() throws {
        let pair = try UnixSocket.pair(.seqpacket)
        let bytes: [UInt8] = [1, 2, 3]
        _ = try pair.first.send(bytes.span)
        var room: [UInt8] = [0, 0]
        var span = room.mutableSpan
        let message = try pair.second.receive(into: &span)
        #expect(message.count == 2)
        #expect(message.isTruncated)
    }

    @Test func `what is no socket of a style that is served is refused`() throws {
        let file = try RootDirectory(ambientPath: "/").descriptor.duplicate()
        #expect(failure { () throws(Errno) in _ = try UnixSocket(taking: file.duplicate()) } == .badFileDescriptor)
        let datagram = OwnedDescriptor(
            taking: try require("socket") { socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | 0o2_000_000, 0) })
        #expect(
            failure { () throws(Errno) in _ = try UnixSocket(taking: datagram.duplicate()) } == .socketTypeNotSupported)
        let inet = OwnedDescriptor(
            taking: try require("socket") { socket(AF_INET, CInt(SOCK_STREAM.rawValue) | 0o2_000_000, 0) })
        #expect(
            failure { () throws(Errno) in _ = try UnixSocket(taking: inet.duplicate()) } == .addressFamilyNotSupported)
    }
}
