import Glibc
import HookClient
import HookLinux
import SystemPackage
import Testing

/// A listening socket with a name of its own, which goes with it.
private struct Listener: ~Copyable {
    enum Place { case file, abstract }

    let socket: OwnedDescriptor
    let name: [UInt8]

    init(_ place: Place, type: UInt32) throws {
        let unique = Array("openhook-test-\(getpid())-\(UInt64.random(in: .min ... .max))".utf8)
        name = (place == .abstract ? [0] : Array("/tmp/".utf8)) + unique
        socket = OwnedDescriptor(taking: Glibc.socket(AF_UNIX, CInt(type), 0))
        let family = UInt16(AF_UNIX).littleEndian
        let address = [UInt8(truncatingIfNeeded: family), UInt8(truncatingIfNeeded: family >> 8)] + name
        let bound = unsafe address.withUnsafeBytes { bytes in
            unsafe Glibc.bind(
                socket.number, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        try #require(bound == 0 && Glibc.listen(socket.number, 4) == 0)
    }

    deinit {
        if name.first != 0 { unsafe unlink(String(decoding: name, as: UTF8.self)) }
    }
}

private let styles: [UInt32] = [SOCK_STREAM.rawValue, SOCK_SEQPACKET.rawValue]

private func failure(connectingTo name: [UInt8]) -> ClientError? {
    do throws(ClientError) {
        _ = try HookConnection.connect(to: name)
        return nil
    } catch {
        return error
    }
}

@Suite struct ConnectingTests {
    @Test(arguments: styles)
    func `a listening socket of either style is connected to`(type: UInt32) throws {
        let file = try Listener(.file, type: type)
        #expect(failure(connectingTo: file.name) == nil)
        let abstract = try Listener(.abstract, type: type)
        #expect(failure(connectingTo: abstract.name) == nil)
    }

    @Test func `the wrong style is an error when one was asked for`() throws {
        let listener = try Listener(.file, type: SOCK_SEQPACKET.rawValue)
        #expect(throws: ClientError.connect(.protocolWrongTypeForSocket, path: listener.name)) {
            _ = try HookConnection(connectingTo: listener.name, style: .stream)
        }
    }

    @Test func `a socket that is not there is named`() {
        let error = failure(connectingTo: Array("/nonexistent/a\u{1b}[2J.sock".utf8))
        #expect(error?.errno == .noSuchFileOrDirectory)
        #expect(
            error?.description
                == "cannot connect to '/nonexistent/a\\x1b[2J.sock': No such file or directory")
    }

    @Test func `a name too long for a socket is not cut`() {
        let name = [UInt8](repeating: UInt8(ascii: "/"), count: 108)
        #expect(failure(connectingTo: name) == .connect(.fileNameTooLong, path: name))
    }

    @Test func `an empty name is no socket`() {
        #expect(failure(connectingTo: []) == .connect(.invalidArgument, path: []))
    }

    @Test func `a descriptor that is no socket is not taken`() throws {
        let number = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 900)  // out of the way of other tests
        #expect(throws: ClientError.unsuitableSocket(.notSocket)) {
            _ = try HookConnection(taking: OwnedDescriptor(taking: number))
        }
        #expect(fcntl(number, F_GETFD) == -1)
    }
}
