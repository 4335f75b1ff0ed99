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
package final class RawConnection {
    package let socket: UnixSocket
    /// The descriptor of the reply that is being read.
    private var arrived: GrantedFile?

    package init(to path: String, _ style: UnixSocket.Style = .stream) throws {
        socket = try UnixSocket(style)
        try socket.connect(to: SystemPath(text: path))
    }

    package init(_ socket: consuming UnixSocket) { self.socket = socket }

    /// The server sees the end at once, even while a child of another test has a copy of the socket until its exec.
    deinit {
        socket.endReading()
        socket.endWriting()
    }

    package func send(_ bytes: [UInt8]) throws {
        guard try socket.send(bytes.span) == bytes.count else { throw SetUpFailure("sent a part") }
    }

    /// Sends bytes with a descriptor, which this process keeps.
    package func send(_ bytes: [UInt8], passing descriptor: borrowing OwnedDescriptor) throws {
        _ = try socket.send(bytes.span, passing: descriptor)
    }

    package func open(_ name: [UInt8], _ flags: CInt, mode: UInt32 = 0o644) throws -> Answer {
        try send(Self.request(name, flags, mode: mode))
        return try reply().answer
    }

    package func open(_ name: String, _ flags: CInt, mode: UInt32 = 0o644) throws -> Answer {
        try open(Array(name.utf8), flags, mode: mode)
    }

    /// Reads one reply.
    package func reply() throws -> (command: UInt32, answer: Answer) {
        arrived = nil
        var bytes: [UInt8] = []
        while bytes.count < WireLimits.replyLength {
            let part = receive(WireLimits.replyLength - bytes.count)
            if part.isEmpty { return (0, .closed) }
            bytes += part
        }
        let reply = try Reply.decode(bytes.span)
        if let refusal = reply.refusal {
            if arrived != nil { throw SetUpFailure("a refusal with a descriptor") }
            return (reply.command, .refused(refusal))
        }
        guard let arrived else { throw SetUpFailure("0 without a descriptor") }
        self.arrived = nil
        return (reply.command, .granted(arrived))
    }

    /// - Returns: no bytes at the end of the connection, with or without ECONNRESET.
    private func receive(_ count: Int) -> [UInt8] {
        var room = [UInt8](repeating: 0, count: count)
        let received = try? receive(into: &room)
        return Array(room.prefix(received ?? 0))
    }

    private func receive(into room: inout [UInt8]) throws(Errno) -> Int {
        var span = room.mutableSpan
        return try receive(into: &span)
    }

    private func receive(into span: inout MutableSpan<UInt8>) throws(Errno) -> Int {
        var message = try socket.receiveWithDescriptor(into: &span)
        if let descriptor = message.descriptor.take() { arrived = GrantedFile(descriptor) }
        return message.count
    }

    /// The bytes of a request, whatever its name is.
    package static func request(_ name: [UInt8], _ flags: CInt, mode: UInt32 = 0o644) -> [UInt8] {
        var message = bytes(UInt32(WireLimits.requestHeaderLength + name.count))
        message += bytes(Command.open)
        message += bytes(UInt32(bitPattern: flags))
        message += bytes(mode)
        message += bytes(UInt32(UInt16(truncatingIfNeeded: name.count))).prefix(2)
        return message + name
    }

    /// In the byte order of the machines that this runs on.
    package static func bytes(_ number: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { (shift: UInt32) -> UInt8 in UInt8(truncatingIfNeeded: number >> shift) }
    }
}
