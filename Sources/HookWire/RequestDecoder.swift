internal import SystemPackage

/// Turns the bytes of a peer into frames. Total: any bytes give a frame, "more is needed" or a violation, never a trap.
package enum RequestDecoder {
    /// Decodes the first frame of a stream.
    ///
    /// A violation is thrown as soon as the bytes that show it are there, never only after the rest of a frame that
    /// cannot be right: a peer that announces nonsense is not waited for.
    package static func decode(_ bytes: borrowing Span<UInt8>) throws(ProtocolViolation) -> DecodedFrame {
        guard bytes.count >= 4 else { return .incomplete }
        let size = bytes.hostUInt32(at: 0)
        try checkSize(size)
        guard bytes.count >= WireLimits.headerLength else { return .incomplete }
        let command = bytes.hostUInt32(at: 4)
        let length = Int(size)
        guard command == Command.open else {
            return bytes.count < length ? .incomplete : .unknownCommand(command, length: length)
        }
        guard length >= WireLimits.requestHeaderLength else { throw .requestTooShort(messageSize: size) }
        guard bytes.count >= WireLimits.requestHeaderLength else { return .incomplete }
        let sentName = try nameRange(of: bytes, size: size)
        guard bytes.count >= length else { return .incomplete }
        return openFrame(bytes, sentName: sentName, length: length)
    }

    /// Decodes one packet of a `SOCK_SEQPACKET` connection. The answer is never ``DecodedFrame/incomplete``.
    ///
    /// - Parameters:
    ///   - bytes: What was received of the packet.
    ///   - truncated: Whether the kernel dropped the rest of it (`MSG_TRUNC`). A buffer of at least
    ///     ``WireLimits/largestGrantableRequest`` bytes holds every request that can be granted. Of a longer one the
    ///     header is enough to answer it, and the next packet begins in a known place all the same; the name is then
    ///     the part of it that was received, and the length that of `bytes`.
    package static func decodePacket(
        _ bytes: borrowing Span<UInt8>, truncated: Bool
    ) throws(ProtocolViolation) -> DecodedFrame {
        guard bytes.count >= WireLimits.headerLength else { throw .packetTooShort(bytes.count) }
        let size = bytes.hostUInt32(at: 0)
        try checkSize(size)
        guard truncated else {
            guard Int(size) == bytes.count else { throw .packetLength(messageSize: size, received: bytes.count) }
            return try decode(bytes)
        }
        guard Int(size) > bytes.count else { throw .packetLength(messageSize: size, received: bytes.count) }
        return try decodeTruncated(bytes, size: size)
    }

    private static func decodeTruncated(
        _ bytes: borrowing Span<UInt8>, size: UInt32
    ) throws(ProtocolViolation) -> DecodedFrame {
        let command = bytes.hostUInt32(at: 4)
        guard command == Command.open else { return .unknownCommand(command, length: bytes.count) }
        guard bytes.count >= WireLimits.largestGrantableRequest else {
            throw .packetTruncated(received: bytes.count)
        }
        // The message is longer than every one that can be granted, so its name is too long whatever it says.
        let sentName = try nameRange(of: bytes, size: size)
        let request = openRequest(bytes, name: sentName.clamped(to: 0..<bytes.count))
        return .refusedName(.fileNameTooLong, request, length: bytes.count)
    }

    private static func checkSize(_ size: UInt32) throws(ProtocolViolation) {
        guard size >= WireLimits.headerLength, size <= WireLimits.largestMessage else { throw .messageSize(size) }
    }

    /// Where the name is said to be in a request whose fixed fields are there; its bytes need not be.
    private static func nameRange(
        of bytes: borrowing Span<UInt8>, size: UInt32
    ) throws(ProtocolViolation) -> Range<Int> {
        let nameLength = bytes.hostUInt16(at: 16)
        let end = WireLimits.requestHeaderLength + Int(nameLength)
        guard end <= Int(size) else { throw .nameOverrunsMessage(nameLength: nameLength, messageSize: size) }
        guard Int(size) - end <= WireLimits.largestPadding else { throw .bytesAfterName(Int(size) - end) }
        return WireLimits.requestHeaderLength..<end
    }

    private static func openFrame(
        _ bytes: borrowing Span<UInt8>, sentName: Range<Int>, length: Int
    ) -> DecodedFrame {
        var name = sentName
        if let last = name.last, bytes[last] == 0 { name = name.lowerBound..<last }
        if let errno = refusal(of: name, in: bytes) {
            return .refusedName(errno, openRequest(bytes, name: sentName), length: length)
        }
        return .open(openRequest(bytes, name: name), length: length)
    }

    private static func refusal(of name: Range<Int>, in bytes: borrowing Span<UInt8>) -> Errno? {
        if name.isEmpty { return .noSuchFileOrDirectory }
        if name.count > WireLimits.longestName { return .fileNameTooLong }
        // Without an early end: that becomes a comparison of many bytes at a time.
        let name = bytes.extracting(name)
        var lowest = UInt8.max
        for index in name.indices { lowest = min(lowest, name[index]) }
        return lowest == 0 ? .invalidArgument : nil
    }

    private static func openRequest(_ bytes: borrowing Span<UInt8>, name: Range<Int>) -> OpenRequest {
        OpenRequest(flags: bytes.hostUInt32(at: 8), mode: bytes.hostUInt32(at: 12), name: name)
    }
}
