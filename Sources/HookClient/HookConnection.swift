package import HookLinux
internal import HookWire
internal import SystemPackage

/// A connection to an open-hook server, on which files are opened one at a time.
///
/// Calls block until the server answers. An object is for one thread, because a reply says nothing of its request;
/// threads have a connection each.
package final class HookConnection {
    private let socket: ClientSocket

    /// After an error in the middle of an exchange the next bytes could be a late reply, and its descriptor would be
    /// taken for that of another file. So nothing is asked any more.
    private var isUsable = true

    /// Takes over one end of a connection, such as an inherited half of a socket pair.
    package init(taking descriptor: consuming OwnedDescriptor) throws(ClientError) {
        do throws(Errno) {
            socket = try ClientSocket(taking: descriptor)
        } catch {
            throw .unsuitableSocket(error)
        }
    }

    /// Connects to a server's listening socket of the given style.
    ///
    /// - Parameter path: The bytes of its name; a first byte of 0 means an abstract one (`unix(7)`).
    package init(connectingTo path: [UInt8], style: UnixSocket.Style) throws(ClientError) {
        do throws(Errno) {
            socket = try ClientSocket(connectedTo: path, style: style)
        } catch {
            throw .connect(error, path: path)
        }
    }

    /// Connects to a server's listening socket of either style.
    package static func connect(to path: [UInt8]) throws(ClientError) -> HookConnection {
        do throws(ClientError) {
            return try HookConnection(connectingTo: path, style: .stream)
        } catch .connect(let errno, _) where Self.mayBeOfOtherStyle(errno, path) {
            return try HookConnection(connectingTo: path, style: .seqpacket)
        }
    }

    /// The kernel finds abstract names by style, and says of one of the other style that nobody listens.
    private static func mayBeOfOtherStyle(_ errno: Errno, _ path: [UInt8]) -> Bool {
        errno == .protocolWrongTypeForSocket || (errno == .connectionRefused && path.first == 0)
    }

    /// Asks the server to open a file, and waits for the answer.
    ///
    /// - Parameters:
    ///   - name: The bytes of the name, as `open(2)` takes them.
    ///   - flags: The `O_` flags; `O_CLOEXEC` is set on what arrives in any case.
    ///   - mode: Permissions of a file to be created.
    package func open(name: [UInt8], flags: UInt32, mode: UInt32) throws(ClientError) -> ClientReply {
        guard isUsable else { throw .unusable }
        let request: [UInt8]
        do throws(Errno) {
            request = try RequestEncoder.encode(flags: flags, mode: mode, name: name)
        } catch {
            throw .unsendableName(error)
        }
        isUsable = false
        try send(request)
        var answer = try receiveAnswer()
        isUsable = true
        return try answer.take(from: socket)
    }

    private func send(_ request: [UInt8]) throws(ClientError) {
        do throws(Errno) {
            try socket.sendAll(request)
        } catch .brokenPipe, .connectionReset {
            throw .endOfFile
        } catch {
            throw .send(error)
        }
    }

    /// Collects the bytes of one reply and what came with them.
    private func receiveAnswer() throws(ClientError) -> Answer {
        var bytes = InlineArray<12, UInt8>(repeating: 0)
        var count = 0
        var descriptor: OwnedDescriptor?
        var descriptorCount = 0
        var wasStripped = false
        repeat {
            var received = try receive(into: &bytes, from: count)
            count += received.count
            descriptorCount += received.descriptorCount
            wasStripped = wasStripped || received.lostDescriptors
            if let first = received.descriptor.take() { descriptor = consume first }
            if received.count == 0 { throw .endOfFile }
            if received.lostBytes { throw .violation(.packetTruncated(received: count)) }
        } while count < WireLimits.replyLength && socket.style == .stream
        let reply = try decode(bytes.span.extracting(first: count))
        let expected = reply.refusal == nil ? 1 : 0
        guard descriptorCount <= expected else { throw .surplusDescriptors(descriptorCount) }
        return Answer(reply: reply, descriptor: descriptor, wasStripped: wasStripped)
    }

    private func receive(
        into bytes: inout InlineArray<12, UInt8>, from offset: Int
    ) throws(ClientError) -> MessageWithDescriptor {
        var all = bytes.mutableSpan
        // The standard library has no other name for a part of a mutable span yet.
        var free = all._mutatingExtracting(offset..<WireLimits.replyLength)
        do throws(Errno) {
            return try socket.receive(into: &free)
        } catch .connectionReset {
            throw .endOfFile
        } catch {
            throw .receive(error)
        }
    }

    private func decode(_ bytes: borrowing Span<UInt8>) throws(ClientError) -> Reply {
        do throws(ProtocolViolation) {
            let reply = try Reply.decode(bytes)
            guard reply.command == Command.open else { throw .replyCommand(reply.command) }
            return reply
        } catch {
            throw .violation(error)
        }
    }
}

/// A whole reply, and the descriptor that came with it if one did.
private struct Answer: ~Copyable {
    let reply: Reply
    var descriptor: OwnedDescriptor?
    let wasStripped: Bool

    mutating func take(from socket: borrowing ClientSocket) throws(ClientError) -> ClientReply {
        if let refusal = reply.refusal { return .refused(refusal) }
        if let descriptor = descriptor.take() { return .granted(descriptor) }
        guard wasStripped else { throw .stripped(.neverSent) }
        throw .stripped(socket.hasRoomForDescriptor() ? .securityModule : .descriptorLimit)
    }
}
