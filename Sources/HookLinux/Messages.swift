internal import CLinux
package import SystemPackage

/// What a message said about itself.
package struct ReceivedMessage: Sendable {
    /// How many bytes came; 0 is the end of the stream.
    package let count: Int
    /// Who sent it, if the socket asks for that. A message that was sent before the socket asked has pid 0.
    package let sender: PeerCredentials?
    /// Descriptors that came along. They are closed already.
    package let closedDescriptors: Int
    /// A packet was longer than the room for it.
    package let isTruncated: Bool
}

extension UnixSocket {
    /// Waits for bytes. Descriptors that the peer sends along are closed before this returns. `recvmsg(2)` with
    /// `MSG_CMSG_CLOEXEC`.
    package borrowing func receive(into bytes: inout MutableSpan<UInt8>) throws(Errno) -> ReceivedMessage {
        let number = descriptor.number
        var received = oh_received()
        let result = unsafe bytes.withUnsafeMutableBytes { room in
            retryingInterrupts { unsafe oh_receive(number, room.baseAddress, room.count, 0, &received) }
        }
        let count = try check(result)
        return ReceivedMessage(
            count: Int(count),
            sender: received.credentials.present == 0 ? nil : PeerCredentials(received.credentials),
            closedDescriptors: Int(received.descriptors),
            isTruncated: received.data_truncated != 0)
    }

    /// Receives bytes and, if one comes along, a descriptor; further ones are closed.
    package borrowing func receiveWithDescriptor(
        into bytes: inout MutableSpan<UInt8>
    ) throws(Errno) -> MessageWithDescriptor {
        let number = descriptor.number
        var received = oh_received()
        let result = unsafe bytes.withUnsafeMutableBytes { room in
            retryingInterrupts {
                unsafe oh_receive(number, room.baseAddress, room.count, UInt32(OH_RECEIVE_KEEP_FIRST), &received)
            }
        }
        let count = try check(result)
        return MessageWithDescriptor(
            count: Int(count), descriptorCount: Int(received.descriptors),
            descriptor: received.first >= 0 ? OwnedDescriptor(taking: received.first) : nil,
            lostDescriptors: received.control_truncated != 0, lostBytes: received.data_truncated != 0,
            sender: received.credentials.present == 0 ? nil : PeerCredentials(received.credentials))
    }

    /// Sends bytes, and a descriptor with them, in one message. `sendmsg(2)` with `MSG_NOSIGNAL`.
    ///
    /// - Throws: `EPIPE` if the peer has gone, `EAGAIN` after the time that `limitSending` set.
    package borrowing func send(
        _ bytes: borrowing Span<UInt8>, passing passed: borrowing OwnedDescriptor
    ) throws(Errno) -> Int {
        try send(bytes, passing: passed.number)
    }

    package borrowing func send(_ bytes: borrowing Span<UInt8>) throws(Errno) -> Int {
        try send(bytes, passing: -1)
    }

    /// The same with a descriptor that somebody else owns; -1 for none.
    package borrowing func send(_ bytes: borrowing Span<UInt8>, passing passed: CInt) throws(Errno) -> Int {
        try Self.send(bytes, passing: passed, through: descriptor.number)
    }

    /// The same over a socket that somebody else owns.
    package static func send(
        _ bytes: borrowing Span<UInt8>, passing passed: borrowing OwnedDescriptor, through socket: CInt
    ) throws(Errno) -> Int {
        try send(bytes, passing: passed.number, through: socket)
    }

    private static func send(
        _ bytes: borrowing Span<UInt8>, passing passed: CInt, through number: CInt
    ) throws(Errno) -> Int {
        let result = unsafe bytes.withUnsafeBytes { room in
            retryingInterrupts { unsafe oh_send(number, room.baseAddress, room.count, passed, 1) }
        }
        return Int(try check(result))
    }
}

/// What one message of a socket brought that may carry a descriptor.
package struct MessageWithDescriptor: ~Copyable {
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
    /// Who sent it, if the socket asks for that.
    package let sender: PeerCredentials?
}
