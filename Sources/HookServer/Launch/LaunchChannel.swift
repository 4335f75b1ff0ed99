package import HookLinux
package import HookWire
package import SystemPackage

/// One end of the conversation between a launcher and a broker (``LaunchMessage``).
package struct LaunchChannel: ~Copyable, Sendable {
    let socket: UnixSocket

    /// Why the conversation cannot go on.
    package enum Failure: Error, Sendable, Equatable {
        /// The other end has closed the channel.
        case ended
        /// What came is no message, or not the one that was due.
        case malformed
        /// Nothing came in time.
        case silent
        case system(Errno)
    }

    /// A message, what came with it, and who sent it if the channel asks for that.
    package struct Received: ~Copyable {
        package let message: LaunchMessage
        package var descriptor: OwnedDescriptor?
        package let sender: PeerCredentials?
    }

    /// - Parameter socket: a connected stream socket.
    package init(_ socket: consuming UnixSocket) { self.socket = socket }

    /// - Parameter deadline: of the monotonic clock; looked at between parts, each of which may take as long as the socket
    ///   lets it (`SO_SNDTIMEO`).
    /// - Throws: `malformed` for a message that is too long to be sent.
    package borrowing func send(_ message: LaunchMessage, until deadline: Int64) throws(Failure) {
        let bytes = try Self.bytes(of: message)
        try send(bytes, from: 0, deadline)
    }

    /// The descriptor stays open here, too.
    package borrowing func send(
        _ message: LaunchMessage, passing descriptor: borrowing OwnedDescriptor, until deadline: Int64
    ) throws(Failure) {
        let bytes = try Self.bytes(of: message)
        let sent: Int
        do { sent = try socket.send(bytes.span, passing: descriptor) } catch { throw Self.failure(error) }
        try send(bytes, from: sent, deadline)
    }

    private static func bytes(of message: LaunchMessage) throws(Failure) -> [UInt8] {
        guard let bytes = message.encoded() else { throw .malformed }
        return bytes
    }

    private borrowing func send(_ bytes: [UInt8], from start: Int, _ deadline: Int64) throws(Failure) {
        var sent = start
        while sent < bytes.count {
            guard KernelClock.monotonic() < deadline else { throw .silent }
            do { sent += try socket.send(bytes.span.extracting(droppingFirst: sent)) } catch {
                throw Self.failure(error)
            }
        }
    }

    private static func failure(_ error: Errno) -> Failure {
        switch error {
        case .brokenPipe, .connectionReset: .ended
        case .wouldBlock: .silent
        default: .system(error)
        }
    }

    /// Waits for the next message.
    ///
    /// - Parameter deadline: of the monotonic clock, for the whole of it.
    package borrowing func receive(until deadline: Int64) throws(Failure) -> Received {
        var bytes: [UInt8] = []
        var descriptor: OwnedDescriptor?
        var sender: PeerCredentials?
        var size = LaunchMessage.headLength
        while bytes.count < size {
            try awaitBytes(deadline)
            var part = try take(size - bytes.count, into: &bytes)
            sender = part.sender ?? sender
            if let passed = part.descriptor.take() { descriptor = consume passed }
            if bytes.count == LaunchMessage.headLength {
                guard let whole = LaunchMessage.size(ofHead: bytes.span) else { throw .malformed }
                size = whole
            }
        }
        guard let message = LaunchMessage(decoding: bytes.span) else { throw .malformed }
        return Received(message: message, descriptor: descriptor, sender: sender)
    }

    private borrowing func take(_ most: Int, into bytes: inout [UInt8]) throws(Failure) -> MessageWithDescriptor {
        var room = [UInt8](repeating: 0, count: min(most, 65_536))
        var span = room.mutableSpan
        let part: MessageWithDescriptor
        do { part = try socket.receiveWithDescriptor(into: &span) } catch { throw Self.failure(error) }
        guard part.count > 0 else { throw .ended }
        bytes += room.prefix(part.count)
        return part
    }

    private borrowing func awaitBytes(_ deadline: Int64) throws(Failure) {
        while true {
            let left = deadline - KernelClock.monotonic()
            guard left > 0 else { throw .silent }
            let milliseconds = Int32(clamping: left / 1_000_000 + 1)
            do {
                if try Polling.wait(for: socket.descriptor.number, milliseconds: milliseconds) { return }
            } catch {
                throw .system(error)
            }
        }
    }
}

extension LaunchChannel.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .ended: "the other end has closed the channel"
        case .malformed: "what came is not what the protocol has there"
        case .silent: "nothing came in time"
        case .system(let errno): errno.described
        }
    }
}
