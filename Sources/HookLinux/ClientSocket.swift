package import SystemPackage

/// The asking end of a connection: it sends whole requests, and receives replies with a descriptor.
package struct ClientSocket: ~Copyable, Sendable {
    private let socket: UnixSocket

    package var style: UnixSocket.Style { socket.style }

    /// Takes over a connected socket.
    ///
    /// - Throws: `ENOTSOCK`, `EAFNOSUPPORT` if it is no UNIX socket, `ESOCKTNOSUPPORT` if it is a datagram one.
    package init(taking descriptor: consuming OwnedDescriptor) throws(Errno) {
        socket = try UnixSocket(taking: descriptor)
    }

    /// Connects to a listening socket. `socket(2)`, `connect(2)`.
    ///
    /// - Parameter path: a name that begins with NUL is an abstract one (unix(7)).
    /// - Throws: `ENAMETOOLONG` for a path of more than 107 bytes, `ECONNREFUSED` if nobody listens, `EPROTOTYPE` if
    ///   the socket there is of the other style.
    package init(connectedTo path: [UInt8], style: UnixSocket.Style) throws(Errno) {
        let made = try UnixSocket(style)
        try made.connect(toName: path)
        socket = made
    }

    /// Sends all of the bytes; a packet is sent whole by nature. `sendmsg(2)` with `MSG_NOSIGNAL`.
    ///
    /// - Throws: `EPIPE` if the peer has gone: never the signal of that name.
    package borrowing func sendAll(_ bytes: [UInt8]) throws(Errno) {
        var sent = 0
        while sent < bytes.count { sent += try socket.send(bytes.span.extracting(sent..<bytes.count)) }
    }

    /// Waits for bytes, and for the descriptor that comes with them. `recvmsg(2)` with `MSG_CMSG_CLOEXEC`.
    package borrowing func receive(into bytes: inout MutableSpan<UInt8>) throws(Errno) -> MessageWithDescriptor {
        try socket.receiveWithDescriptor(into: &bytes)
    }

    /// Whether this process may have one more descriptor (`RLIMIT_NOFILE`, and the limit of the system).
    package borrowing func hasRoomForDescriptor() -> Bool {
        do throws(Errno) {
            _ = try socket.descriptor.duplicate()
            return true
        } catch {
            return error != .tooManyOpenFiles && error != .tooManyOpenFilesInSystem
        }
    }
}
