internal import CLinux
package import SystemPackage

/// A UNIX socket: a listening one, or one end of a connection.
package struct UnixSocket: ~Copyable, Sendable {
    /// `SOCK_STREAM`, or `SOCK_SEQPACKET`, which keeps each message apart.
    package enum Style: Sendable, Equatable, CaseIterable {
        case stream, seqpacket

        var type: Int32 {
            switch self {
            case .stream: Int32(OH_SOCKET_STREAM)
            case .seqpacket: Int32(OH_SOCKET_SEQPACKET)
            }
        }
    }

    package let descriptor: OwnedDescriptor
    package let style: Style

    /// Takes over a descriptor that someone else made.
    ///
    /// - Throws: `ENOTSOCK`, `EAFNOSUPPORT` for a socket that is no UNIX socket, `ESOCKTNOSUPPORT` for a datagram one.
    package init(taking descriptor: consuming OwnedDescriptor) throws(Errno) {
        let type = try check(oh_socket_type(descriptor.number))
        switch type {
        case Int32(OH_SOCKET_STREAM): style = .stream
        case Int32(OH_SOCKET_SEQPACKET): style = .seqpacket
        default: throw .socketTypeNotSupported
        }
        self.descriptor = descriptor
    }

    private init(_ descriptor: consuming OwnedDescriptor, _ style: Style) {
        self.descriptor = descriptor
        self.style = style
    }

    /// Two sockets that are connected to each other. `socketpair(2)`.
    package static func pair(_ style: Style) throws(Errno) -> SocketPair {
        var ends: (Int32, Int32) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &ends) {
            unsafe oh_socketpair(style.type, $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Int32.self))
        }
        _ = try check(result)
        return SocketPair(
            first: UnixSocket(OwnedDescriptor(taking: ends.0), style),
            second: UnixSocket(OwnedDescriptor(taking: ends.1), style))
    }

    /// A socket that is bound to nothing yet. `socket(2)`.
    package init(_ style: Style) throws(Errno) {
        self.init(OwnedDescriptor(taking: try check(oh_socket(style.type))), style)
    }

    /// Connects to a listening socket. `connect(2)`.
    ///
    /// - Throws: `ENAMETOOLONG` for a path of more than 107 bytes, `ECONNREFUSED` if nobody listens,
    ///   `EPROTOTYPE` if the socket there is of the other style.
    package borrowing func connect(to path: SystemPath) throws(Errno) {
        try connect(toName: path.bytes)
    }

    /// The same for any name: an abstract one begins with NUL (unix(7)).
    package borrowing func connect(toName name: [UInt8]) throws(Errno) {
        let number = descriptor.number
        _ = try check(
            unsafe name.withUnsafeBytes { name in
                retryingInterrupts { unsafe oh_connect(number, name.baseAddress, name.count) }
            })
    }

    package borrowing func bind(to path: SystemPath) throws(Errno) {
        _ = try check(unsafe path.withCString { unsafe oh_bind(descriptor.number, $0, path.count) })
    }

    package borrowing func listen() throws(Errno) {
        _ = try check(oh_listen(descriptor.number, 64))
    }

    /// The next connection. `accept4(2)`.
    package borrowing func accept() throws(Errno) -> UnixSocket {
        UnixSocket(OwnedDescriptor(taking: try check(oh_accept(descriptor.number))), style)
    }

    package borrowing func isListening() throws(Errno) -> Bool {
        try check(oh_socket_is_listening(descriptor.number)) != 0
    }

    /// From now on each message names its sender (`SO_PASSCRED`, unix(7)).
    package borrowing func receiveCredentials() throws(Errno) {
        _ = try check(oh_set_pass_credentials(descriptor.number, 1))
    }

    /// Has the kernel refuse descriptors that the peer sends (`SO_PASSRIGHTS`, Linux 6.16).
    ///
    /// Where the kernel does not know it, `receive` closes them.
    package borrowing func refuseDescriptors() {
        _ = oh_set_pass_rights(descriptor.number, 0)
        _ = oh_refuse_pidfds(descriptor.number)
    }

    /// The opposite of `refuseDescriptors`, which a connection has from the socket that it was accepted at.
    package borrowing func acceptDescriptors() {
        _ = oh_set_pass_rights(descriptor.number, 1)
    }

    /// A `send` that cannot be completed within this time fails with `EAGAIN` (`SO_SNDTIMEO`).
    package borrowing func limitSending(milliseconds: Int64) throws(Errno) {
        _ = try check(oh_set_send_timeout(descriptor.number, milliseconds))
    }

    /// A thread that waits for the peer's bytes wakes up with end-of-file. `shutdown(2)` with `SHUT_RD`.
    package borrowing func endReading() {
        _ = oh_shutdown_reading(descriptor.number)
    }

    /// Tells the peer that no more bytes will come. `shutdown(2)` with `SHUT_WR`.
    package borrowing func endWriting() {
        _ = oh_shutdown_writing(descriptor.number)
    }

    /// Whether the peer has closed its end, or half of it. `poll(2)` with `POLLRDHUP`, no wait.
    package borrowing func peerHasGone() -> Bool {
        var entry = oh_poll_entry(fd: descriptor.number, events: Int16(OH_POLL_READ_HANGUP), revents: 0)
        guard unsafe oh_poll(&entry, 1, 0) > 0 else { return false }
        return entry.revents & Int16(OH_POLL_READ_HANGUP | OH_POLL_HANGUP | OH_POLL_ERROR) != 0
    }
}

package struct SocketPair: ~Copyable, Sendable {
    package let first: UnixSocket
    package let second: UnixSocket

    /// Gives one end away and closes the other.
    package consuming func takeFirst() -> UnixSocket { first }
}
