package import SystemPackage

/// The answer to one frame. A result of 0 says that a descriptor comes with the message, as `SCM_RIGHTS`.
package struct Reply: Sendable, Equatable {
    /// The command that is answered.
    package let command: UInt32

    /// 0, or the negated `errno`.
    package let result: Int32

    private init(command: UInt32, result: Int32) {
        self.command = command
        self.result = result
    }

    /// The file was opened. To be sent together with its descriptor, in one message.
    package static let granted = Reply(command: Command.open, result: 0)

    /// The file was not opened.
    ///
    /// An `errno` that the client could not tell from a grant, or from no `errno` at all, is sent as `EIO`.
    package static func refused(_ errno: Errno) -> Reply {
        Reply(command: Command.open, result: 0 - sendable(errno))
    }

    /// The answer to a command that the protocol does not define: the same command, `ENOSYS`.
    package static func unknownCommand(_ command: UInt32) -> Reply {
        Reply(command: command, result: 0 - Errno.noFunction.rawValue)
    }

    /// Why the file was not opened; nil if it was.
    package var refusal: Errno? {
        result == 0 ? nil : Errno(rawValue: 0 - result)
    }

    private static func sendable(_ errno: Errno) -> Int32 {
        errnoRange.contains(errno.rawValue) ? errno.rawValue : Errno.ioError.rawValue
    }

    /// What the kernel's system calls can return (`MAX_ERRNO`).
    private static let errnoRange: ClosedRange<Int32> = 1...4095

    /// The message, to be sent in one piece.
    package func encoded() -> InlineArray<12, UInt8> {
        var message = InlineArray<12, UInt8>(repeating: 0)
        message.put(hostOrder: UInt32(WireLimits.replyLength), at: 0)
        message.put(hostOrder: command, at: 4)
        message.put(hostOrder: UInt32(bitPattern: result), at: 8)
        return message
    }

    /// Decodes a reply, as a client does. Bytes after it are not looked at.
    ///
    /// - Throws: A violation if the bytes are too few, or not a reply, or its result is neither 0 nor a negated `errno`.
    package static func decode(_ bytes: borrowing Span<UInt8>) throws(ProtocolViolation) -> Reply {
        guard bytes.count >= 4 else { throw .replyTooShort(bytes.count) }
        let size = bytes.hostUInt32(at: 0)
        guard size == WireLimits.replyLength else { throw .replySize(messageSize: size) }
        guard bytes.count >= WireLimits.replyLength else { throw .replyTooShort(bytes.count) }
        let result = Int32(bitPattern: bytes.hostUInt32(at: 8))
        guard result == 0 || errnoRange.contains(0 &- result) else { throw .replyResult(result) }
        return Reply(command: bytes.hostUInt32(at: 4), result: result)
    }
}

extension InlineArray where Element == UInt8 {
    fileprivate mutating func put(hostOrder value: UInt32, at offset: Int) {
        let value = value.littleEndian
        self[offset] = UInt8(truncatingIfNeeded: value)
        self[offset + 1] = UInt8(truncatingIfNeeded: value >> 8)
        self[offset + 2] = UInt8(truncatingIfNeeded: value >> 16)
        self[offset + 3] = UInt8(truncatingIfNeeded: value >> 24)
    }
}
