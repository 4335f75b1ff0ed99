import HookWire
import SystemPackage
import Testing

private func decodePacket(_ bytes: [UInt8], truncated: Bool = false) -> Result<DecodedFrame, ProtocolViolation> {
    Result { () throws(ProtocolViolation) in try RequestDecoder.decodePacket(bytes.span, truncated: truncated) }
}

@Suite struct PacketDecoderTests {
    @Test func `a packet is one request`() {
        let request = OpenRequest(flags: 2, mode: 0, name: 18..<19)
        #expect(decodePacket(RawFrame(flags: 2, name: [65]).bytes) == .success(.open(request, length: 19)))
    }

    @Test func `two requests in one packet are a violation`() {
        let one = RawFrame(name: [65]).bytes
        #expect(decodePacket(one + one) == .failure(.packetLength(messageSize: 19, received: 38)))
    }

    @Test func `a packet shorter than its message is a violation`() {
        let packet = Array(RawFrame(name: [65, 66]).bytes.dropLast())
        #expect(decodePacket(packet) == .failure(.packetLength(messageSize: 20, received: 19)))
    }

    @Test(arguments: [0, 1, 7]) func `a packet shorter than a header is a violation`(length: Int) {
        #expect(decodePacket([UInt8](repeating: 1, count: length)) == .failure(.packetTooShort(length)))
    }

    @Test func `the rules of a stream hold in a packet`() {
        #expect(decodePacket(header(size: 7)) == .failure(.messageSize(7)))
        #expect(decodePacket(header(size: 8)) == .failure(.requestTooShort(messageSize: 8)))
        #expect(decodePacket(header(size: 8, command: 3)) == .success(.unknownCommand(3, length: 8)))
        #expect(
            decodePacket(RawFrame(nameLength: 17).bytes)
                == .failure(.nameOverrunsMessage(nameLength: 17, messageSize: 34)))
    }

    @Test func `a request too long to be granted is refused from what was received of it`() {
        let packet = Array(RawFrame(flags: 1, name: name(ofLength: 60_000)).bytes.prefix(4352))
        let request = OpenRequest(flags: 1, mode: 0, name: 18..<4352)
        #expect(
            decodePacket(packet, truncated: true)
                == .success(.refusedName(.fileNameTooLong, request, length: 4352)))
    }

    @Test func `a truncated packet with an unknown command is answered`() {
        let packet = header(size: 9000, command: 5) + name(ofLength: 100)
        #expect(decodePacket(packet, truncated: true) == .success(.unknownCommand(5, length: 108)))
    }

    @Test func `a request cut off by too small a buffer is a violation`() {
        let packet = Array(RawFrame(name: name(ofLength: 4000)).bytes.prefix(1000))
        #expect(decodePacket(packet, truncated: true) == .failure(.packetTruncated(received: 1000)))
    }

    @Test func `a packet longer than its message says is a violation though truncated`() {
        let packet = RawFrame(name: [65], padding: name(ofLength: 6000)).bytes
        let lying = header(size: 19) + packet.dropFirst(8)
        #expect(
            decodePacket(Array(lying.prefix(4352)), truncated: true)
                == .failure(.packetLength(messageSize: 19, received: 4352)))
    }

    @Test func `the longest request that can be granted fits the buffer`() {
        let longest = RawFrame(name: name(ofLength: 4095) + [0], padding: [0, 0]).bytes
        #expect(longest.count == WireLimits.largestGrantableRequest)
        #expect(longest.count <= FrameBuffer.initialCapacity)
    }
}
