import HookWire
import Testing

/// What launcher and broker say to each other, as bytes.
struct LaunchMessageTests {
    static let terms = LaunchTerms(
        vm: Array("web01".utf8), label: Array("u:r:t:s0".utf8), broker: 42, brokerUser: 7, ioUring: .allowed,
        own: [
            .init(.readOnly, Array("/opt".utf8)), .init(.readWrite, Array("/run/x".utf8)),
            .init(.socket, [0x2F, 0xFF]),
        ],
        users: [107, .max - 1], groups: [0], managed: [Array("/srv/images".utf8), Array("/dev/vg0/web01".utf8)])

    static let messages: [LaunchMessage] = [
        .hello(version: 1), .terms(terms), .process(brokerPid: []),
        .process(brokerPid: [0x2F, 0xFF]),
        .notifications(.managedNames, places: [Array("/run/x/qemu".utf8), [0x2F, 0xFF]], wall: Array("wall".utf8)),
        .notifications(.everyName, places: [], wall: []), .connection(wall: Array("wall".utf8)), .ready,
        .refused(status: 3, reason: Array("no".utf8)),
    ]

    @Test(arguments: messages) func `what was said is what is understood`(message: LaunchMessage) throws {
        let bytes = try #require(message.encoded())
        #expect(LaunchMessage.size(ofHead: bytes.span) == bytes.count)
        #expect(LaunchMessage(decoding: bytes.span) == message)
    }

    @Test(arguments: messages) func `a message that is cut, or longer than it says, is none`(message: LaunchMessage)
        throws
    {
        let bytes = try #require(message.encoded())
        for count in 0..<bytes.count { #expect(LaunchMessage(decoding: bytes.span.extracting(first: count)) == nil) }
        #expect(LaunchMessage(decoding: (bytes + [0]).span) == nil)
    }

    @Test func `odd bytes are no message, and stop nothing`() throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<20_000 {
            var bytes = try #require(Self.messages.randomElement(using: &random)?.encoded())
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            }
            guard let message = LaunchMessage(decoding: bytes.span) else { continue }
            #expect(message.encoded().flatMap { LaunchMessage(decoding: $0.span) } == message)
        }
    }

    @Test func `a message with more places than QEMU has is not sent`() {
        let places = [[UInt8]](repeating: [0x2F], count: LaunchMessage.mostPlaces + 1)
        #expect(LaunchMessage.notifications(.everyName, places: places, wall: []).encoded() == nil)
    }

    @Test func `a message that would be too long is not sent`() {
        let long = [UInt8](repeating: 0x61, count: LaunchMessage.longest)
        #expect(LaunchMessage.connection(wall: long).encoded() == nil)
    }

    @Test(arguments: [0, 7, LaunchMessage.longest + 1, Int(UInt32.max)])
    func `sizes that no message has`(size: Int) {
        let head = unsafe withUnsafeBytes(of: UInt32(size)) { unsafe Array($0) } + [1, 0, 0, 0]
        #expect(LaunchMessage.size(ofHead: head.span) == nil)
    }
}
