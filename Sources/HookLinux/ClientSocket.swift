internal import CLinux
package import SystemPackage

/// The asking end of a connection: a UNIX socket that sends requests and receives replies with a descriptor.
package struct ClientSocket: ~Copyable, Sendable {
    /// Whether messages keep their bounds.
    package enum Style: Sendable, CaseIterable {
        /// `SOCK_STREAM`
        case stream
        /// `SOCK_SEQPACKET`
        case seqpacket

        fileprivate var type: Int32 {
            switch self {
            case .stream: Int32(OH_SOCKET_STREAM)
            case .seqpacket: Int32(OH_SOCKET_SEQPACKET)
            }
        }
    }

    private let descriptor: OwnedDescriptor
    package let style: Style

    /// Takes over a connected socket.
    ///
    /// - Throws: `ENOTSOCK`, `EAFNOSUPPORT` if it is no UNIX socket, `ESOCKTNOSUPPORT` if it is a datagram one.
    package init(taking descriptor: consuming OwnedDescriptor) throws(Errno) {
        let type = try check(oh_socket_type(descriptor.number))
        guard let style = Style.allCases.first(where: { $0.type == type }) else { throw .socketTypeNotSupported }
        self.descriptor = descriptor
        self.style = style
    }

    /// Connects to a listening socket. `socket(2)`, `connect(2)`.
    ///
    /// - Throws: `ENAMETOOLONG` for a path of more than 107 bytes, `ECONNREFUSED` if nobody listens, `EPROTOTYPE` if
    ///   the socket there is of the other style.
    package init(connectedTo path: [UInt8], style: Style) throws(Errno) {
        let descriptor = OwnedDescriptor(taking: try check(oh_socket(style.type)))
        let number = descriptor.number
        let result = unsafe path.withUnsafeBytes { bytes in
            retryingInterrupts { unsafe oh_connect(number, bytes.baseAddress, bytes.count) }
        }
        _ = try check(result)
        self.descriptor = descriptor
        self.style = style
    }

    /// Sends all of the bytes; a packet is sent whole by nature. `sendmsg(2)` with `MSG_NOSIGNAL`.
    ///
    /// - Throws: `EPIPE` if the peer has gone: never the signal of that name.
    package borrowing func sendAll(_ bytes: [UInt8]) throws(Errno) {
        let number = descriptor.number
        var sent = 0
        while sent < bytes.count {
            let result = unsafe bytes.withUnsafeBytes { all in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[sent...])
                return retryingInterrupts { unsafe oh_send(number, rest.baseAddress, rest.count, -1, 1) }
            }
            sent += Int(try check(result))
        }
    }

    /// What one `recvmsg(2)` brought.
    package struct Received: ~Copyable {
        /// Bytes written; 0 is the end of the connection.
        package let count: Int
        /// How many descriptors came. All but the first are closed already.
        package let descriptorCount: Int
        /// The first of them.
        package var descriptor: OwnedDescriptor?
        /// The kernel kept back descriptors that were sent (`MSG_CTRUNC`).
        package let lostDescriptors: Bool
        /// A packet was longer than the room for it (`MSG_TRUNC`).
        package let lostBytes: Bool
    }

    /// Waits for bytes, and for the descriptor that comes with them. `recvmsg(2)` with `MSG_CMSG_CLOEXEC`.
    package borrowing func receive(into bytes: inout MutableSpan<UInt8>) throws(Errno) -> Received {
        let number = descriptor.number
        var received = oh_received()
        let result = unsafe bytes.withUnsafeMutableBytes { room in
            retryingInterrupts {
                unsafe oh_receive(number, room.baseAddress, room.count, UInt32(OH_RECEIVE_KEEP_FIRST), &received)
            }
        }
        let count = try check(result)
        return Received(
            count: Int(count), descriptorCount: Int(received.descriptors),
            descriptor: received.first >= 0 ? OwnedDescriptor(taking: received.first) : nil,
            lostDescriptors: received.control_truncated != 0, lostBytes: received.data_truncated != 0)
    }

    /// Whether this process may have one more descriptor (`RLIMIT_NOFILE`, and the limit of the system).
    package borrowing func hasRoomForDescriptor() -> Bool {
        do throws(Errno) {
            _ = try descriptor.duplicate()
            return true
        } catch {
            return error != .tooManyOpenFiles && error != .tooManyOpenFilesInSystem
        }
    }
}
