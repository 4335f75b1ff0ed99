package import HookLinux
import HookWire
package import SystemPackage

/// What a server answered.
package enum Answer: CustomStringConvertible {
    case granted(GrantedFile)
    case refused(Errno)
    /// Not an answer: the server closed the connection.
    case closed

    /// `nil` for a file.
    package var errno: Errno? {
        guard case .refused(let errno) = self else { return nil }
        return errno
    }

    package var file: GrantedFile? {
        guard case .granted(let file) = self else { return nil }
        return file
    }

    package var description: String {
        switch self {
        case .granted: "granted"
        case .refused(let errno): errno.name ?? "\(errno.rawValue)"
        case .closed: "closed"
        }
    }
}

/// A client that sends any bytes, also those that a good client would not.
package struct RawConnection: ~Copyable {
    package let socket: UnixSocket

    package init(to path: String, _ style: UnixSocket.Style = .stream) throws {
        socket = try UnixSocket(style)
        try socket.connect(to: SystemPath(text: path))
    }

    package init(_ socket: consuming UnixSocket) { self.socket = socket }

    package borrowing func send(_ bytes: [UInt8]) throws {
        guard try socket.send(bytes.span) == bytes.count else { throw SetUpFailure("sent a part") }
    }

    /// Sends bytes with a descriptor, which this process keeps.
    package borrowing func send(_ bytes: [UInt8], passing descriptor: borrowing OwnedDescriptor) throws {
        _ = try socket.send(bytes.span, passing: descriptor)
    }

    package borrowing func open(_ name: [UInt8], _ flags: CInt, mode: UInt32 = 0o644) throws -> Answer {
        try send(Self.request(name, flags, mode: mode))
        return try reply().answer
    }

    package borrowing func open(_ name: String, _ flags: CInt, mode: UInt32 = 0o644) throws -> Answer {
        try open(Array(name.utf8), flags, mode: mode)
    }

    /// Reads one reply.
    package borrowing func reply() throws -> (command: UInt32, answer: Answer) {
        var bytes: [UInt8] = []
        var granted: GrantedFile?
        while bytes.count < WireLimits.replyLength {
            var room = [UInt8](repeating: 0, count: WireLimits.replyLength - bytes.count)
            var span = room.mutableSpan
            var message: MessageWithDescriptor
            do { message = try socket.receiveWithDescriptor(into: &span) } catch .connectionReset {
                return (0, .closed)
            }
            guard message.count > 0 else { return (0, .closed) }
            guard !message.wasStripped else { throw SetUpFailure("the descriptor was stripped") }
            if let descriptor = message.descriptor.take() { granted = GrantedFile(descriptor) }
            bytes += room.prefix(message.count)
        }
        let reply = try Reply.decode(bytes.span)
        if let refusal = reply.refusal {
            guard granted == nil else { throw SetUpFailure("a refusal with a descriptor") }
            return (reply.command, .refused(refusal))
        }
        guard let granted else { throw SetUpFailure("0 without a descriptor") }
        return (reply.command, .granted(granted))
    }

    /// The bytes of a request, whatever its name is.
    package static func request(_ name: [UInt8], _ flags: CInt, mode: UInt32 = 0o644) -> [UInt8] {
        let size = UInt32(WireLimits.requestHeaderLength + name.count)
        return [size, Command.open, UInt32(bitPattern: flags), mode].flatMap(bytes)
            + bytes(UInt16(truncatingIfNeeded: name.count)) + name
    }

    /// In host byte order.
    package static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        unsafe withUnsafeBytes(of: number) { unsafe Array($0) }
    }
}
