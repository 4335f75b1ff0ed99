import HookWire
import SystemPackage
import Testing

/// The protocol's decisions for one stream frame, one row each.
struct FrameRow: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let expected: Result<DecodedFrame, ProtocolViolation>

    init(_ description: String, _ bytes: [UInt8], _ expected: DecodedFrame) {
        testDescription = description
        self.bytes = bytes
        self.expected = .success(expected)
    }

    init(_ description: String, _ bytes: [UInt8], violates violation: ProtocolViolation) {
        testDescription = description
        self.bytes = bytes
        self.expected = .failure(violation)
    }
}

func decodeResult(_ bytes: [UInt8]) -> Result<DecodedFrame, ProtocolViolation> {
    Result { () throws(ProtocolViolation) in try RequestDecoder.decode(bytes.span) }
}

private func plain(_ name: Range<Int>) -> OpenRequest { OpenRequest(flags: 0, mode: 0, name: name) }

private let answered: [FrameRow] = [
    FrameRow(
        "flags, mode and name are read from their offsets",
        RawFrame(flags: 0x8000_4002, mode: 0o644, name: Array("/a".utf8)).bytes,
        .open(OpenRequest(flags: 0x8000_4002, mode: 0o644, name: 18..<20), length: 20)),
    FrameRow(
        "a relative name is a name", RawFrame(name: Array("disk".utf8)).bytes, .open(plain(18..<22), length: 22)),
    FrameRow(
        "bytes that are not UTF-8 are a name", RawFrame(name: [0xff, 0xfe, 0x80]).bytes,
        .open(plain(18..<21), length: 21)),
    FrameRow(
        "one byte of padding is ignored", RawFrame(name: [65, 66], padding: [7]).bytes,
        .open(plain(18..<20), length: 21)),
    FrameRow(
        "two bytes of padding are ignored", RawFrame(name: [65, 66], padding: [0, 0xff]).bytes,
        .open(plain(18..<20), length: 22)),
    FrameRow(
        "a counted trailing NUL is dropped", RawFrame(name: [65, 66, 0]).bytes, .open(plain(18..<20), length: 21)),
    FrameRow(
        "a counted NUL and padding go together", RawFrame(name: [65, 66, 0], padding: [0, 0]).bytes,
        .open(plain(18..<20), length: 23)),
    FrameRow(
        "the longest name is 4095 bytes", RawFrame(name: name(ofLength: 4095)).bytes,
        .open(plain(18..<4113), length: 4113)),
    FrameRow(
        "a counted NUL after the longest name is dropped", RawFrame(name: name(ofLength: 4095) + [0]).bytes,
        .open(plain(18..<4113), length: 4114)),
    FrameRow(
        "a second request in the segment is left alone", RawFrame(name: [65]).bytes + RawFrame().bytes,
        .open(plain(18..<19), length: 19)),
    FrameRow(
        "an unknown command is echoed", header(size: 12, command: 2) + [1, 2, 3, 4],
        .unknownCommand(2, length: 12)),
    FrameRow(
        "an unknown command may have no payload", header(size: 8, command: .max),
        .unknownCommand(.max, length: 8)),
    FrameRow(
        "command 0 is unknown", header(size: 8, command: 0), .unknownCommand(0, length: 8)),
]

private let refused: [FrameRow] = [
    FrameRow(
        "an empty name", RawFrame(name: []).bytes,
        .refusedName(.noSuchFileOrDirectory, plain(18..<18), length: 18)),
    FrameRow(
        "a name that is one NUL is empty", RawFrame(name: [0]).bytes,
        .refusedName(.noSuchFileOrDirectory, plain(18..<19), length: 19)),
    FrameRow(
        "a NUL inside the name", RawFrame(name: [65, 0, 66]).bytes,
        .refusedName(.invalidArgument, plain(18..<21), length: 21)),
    FrameRow(
        "a NUL at the beginning", RawFrame(name: [0, 65]).bytes,
        .refusedName(.invalidArgument, plain(18..<20), length: 20)),
    FrameRow(
        "two NULs at the end", RawFrame(name: [65, 0, 0]).bytes,
        .refusedName(.invalidArgument, plain(18..<21), length: 21)),
    FrameRow(
        "a name of 4096 bytes", RawFrame(name: name(ofLength: 4096)).bytes,
        .refusedName(.fileNameTooLong, plain(18..<4114), length: 4114)),
    FrameRow(
        "the longest name a request can carry", RawFrame(name: name(ofLength: 65_535), padding: [0, 0]).bytes,
        .refusedName(.fileNameTooLong, plain(18..<65_553), length: 65_555)),
]

private let violations: [FrameRow] = [
    FrameRow("message_size 0", header(size: 0), violates: .messageSize(0)),
    FrameRow("message_size 7", header(size: 7), violates: .messageSize(7)),
    FrameRow("message_size 65,556", header(size: 65_556), violates: .messageSize(65_556)),
    FrameRow("message_size with all bits set", header(size: .max), violates: .messageSize(.max)),
    FrameRow("an impossible message_size alone", hostBytes(UInt32(7)), violates: .messageSize(7)),
    FrameRow(
        "an impossible message_size with an unknown command", header(size: 65_556, command: 9),
        violates: .messageSize(65_556)),
    FrameRow(
        "a request without its fixed fields", header(size: 17), violates: .requestTooShort(messageSize: 17)),
    FrameRow("a request that is a header alone", header(size: 8), violates: .requestTooShort(messageSize: 8)),
    FrameRow(
        "a name that overruns its message", RawFrame(size: 20, nameLength: 3, name: [65, 66]).bytes,
        violates: .nameOverrunsMessage(nameLength: 3, messageSize: 20)),
    FrameRow(
        "a name that would reach into the next message",
        RawFrame(size: 18, nameLength: 65_535, name: []).bytes + RawFrame().bytes,
        violates: .nameOverrunsMessage(nameLength: 65_535, messageSize: 18)),
    FrameRow(
        "an overrunning name is seen before it is sent", RawFrame(size: 60_000, nameLength: 60_000, name: []).bytes,
        violates: .nameOverrunsMessage(nameLength: 60_000, messageSize: 60_000)),
    FrameRow(
        "three bytes after the name", RawFrame(name: [65], padding: [0, 0, 0]).bytes,
        violates: .bytesAfterName(3)),
    FrameRow(
        "surplus bytes are seen before they are sent", RawFrame(size: 65_555, nameLength: 1, name: []).bytes,
        violates: .bytesAfterName(65_536)),
]

private let incomplete: [FrameRow] = [
    FrameRow("nothing", [], .incomplete),
    FrameRow("a part of an impossible message_size", [0xff, 0xff, 0xff], .incomplete),
    FrameRow("a message_size alone", hostBytes(UInt32(65_555)), .incomplete),
    FrameRow("a header alone", header(size: 65_555), .incomplete),
    FrameRow("a request without its last byte", RawFrame().bytes.dropLast(), .incomplete),
    FrameRow("a request without its padding", RawFrame(size: 20, nameLength: 1, name: [65]).bytes, .incomplete),
    FrameRow("an unknown command without its payload", header(size: 9, command: 2), .incomplete),
]

@Suite struct RequestDecoderTests {
    @Test(arguments: answered) func `a well formed frame is decoded`(row: FrameRow) {
        #expect(decodeResult(row.bytes) == row.expected)
    }

    @Test(arguments: refused) func `a name that no file can have is refused and the connection kept`(row: FrameRow) {
        #expect(decodeResult(row.bytes) == row.expected)
    }

    @Test(arguments: violations) func `a violation ends the connection`(row: FrameRow) {
        #expect(decodeResult(row.bytes) == row.expected)
    }

    @Test(arguments: incomplete) func `a part of a frame waits for the rest`(row: FrameRow) {
        #expect(decodeResult(row.bytes) == row.expected)
    }

    @Test(arguments: answered + refused + violations)
    func `every shorter beginning waits or shows the same violation`(row: FrameRow) {
        guard row.bytes.count < 5000, !row.testDescription.contains("second request") else { return }
        for length in 0..<row.bytes.count {
            let result = decodeResult(Array(row.bytes.prefix(length)))
            if case .failure = row.expected, result == row.expected { continue }
            #expect(result == .success(.incomplete), "after \(length) bytes")
        }
    }

    @Test func `what is encoded is decoded`() throws {
        for name in [Array("/a".utf8), [0xff], name(ofLength: 4095)] {
            let message = try RequestEncoder.encode(flags: 0o100002, mode: 0o600, name: name)
            let length = 18 + name.count
            let request = OpenRequest(flags: 0o100002, mode: 0o600, name: 18..<length)
            #expect(decodeResult(message) == .success(.open(request, length: length)))
            #expect(Array(message[request.name]) == name)
        }
    }

    @Test func `a request is encoded as the protocol lays it out`() throws {
        let message = try RequestEncoder.encode(flags: 2, mode: 0o644, name: Array("/a".utf8))
        #expect(message == RawFrame(flags: 2, mode: 0o644, name: Array("/a".utf8)).bytes)
    }

    @Test func `a name that a request cannot carry is not encoded`() {
        #expect(throws: Errno.fileNameTooLong) {
            try RequestEncoder.encode(flags: 0, mode: 0, name: name(ofLength: 65_536))
        }
        #expect(throws: Errno.invalidArgument) { try RequestEncoder.encode(flags: 0, mode: 0, name: [65, 0]) }
    }
}
