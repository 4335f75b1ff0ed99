import HookWire
import Testing

/// SplitMix64: the same numbers on each run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct RandomBytesTests {
    /// A frame that is right, or nearly, or noise.
    private func bytes(from generator: inout SeededGenerator) -> [UInt8] {
        let noise = generator.next()
        if noise % 8 == 0 {
            return (0..<Int(noise >> 8 & 31)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        }
        let letters = (0..<Int(noise >> 8 & 15)).map { UInt8(truncatingIfNeeded: noise >> UInt64($0 * 3) & 127) }
        var message = RawFrame(
            command: noise % 8 == 1 ? 2 : 1, flags: UInt32(truncatingIfNeeded: noise >> 16), name: letters,
            padding: Array(repeating: 9, count: Int(noise >> 12 & 3))
        ).bytes
        for _ in 0..<Int(noise >> 20 & 3) {
            let position = Int(generator.next() % UInt64(min(message.count, 20)))
            message[position] = UInt8(truncatingIfNeeded: generator.next() >> (generator.next() & 56))
        }
        return noise >> 24 & 7 == 0 ? message.dropLast(Int(noise >> 27 & 15)) : message
    }

    /// What must hold of a frame whatever the bytes were.
    private func isSound(_ frame: DecodedFrame, _ bytes: [UInt8]) -> Bool {
        switch frame {
        case .incomplete: true
        case .unknownCommand(let command, let length): command != 1 && (8...bytes.count).contains(length)
        case .refusedName(_, let request, let length):
            length <= bytes.count && request.name.lowerBound == 18 && request.name.upperBound <= length
        case .open(let request, let length):
            length <= bytes.count && request.name.lowerBound == 18 && request.name.upperBound <= length
                && !request.name.isEmpty && !bytes[request.name].contains(0)
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func `no bytes trap the decoder`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var kinds: [String: Int] = [:]
        var unsound = 0
        for _ in 0..<100_000 {
            let bytes = bytes(from: &generator)
            switch decodeResult(bytes) {
            case .success(let frame):
                if !isSound(frame, bytes) { unsound += 1 }
                kinds["\(frame)".prefix { $0 != "(" }.description, default: 0] += 1
            case .failure:
                kinds["violation", default: 0] += 1
            }
            _ = try? RequestDecoder.decodePacket(bytes.span, truncated: bytes.count.isMultiple(of: 2))
            _ = try? Reply.decode(bytes.span)
        }
        #expect(unsound == 0)
        #expect(Set(kinds.keys) == ["incomplete", "open", "refusedName", "unknownCommand", "violation"])
    }

    /// Frames and the violation that ends them, as a server sees them.
    private func frames(in bytes: [UInt8], pieces: (Int) -> Int) -> [String] {
        var buffer = FrameBuffer()
        var seen: [String] = []
        var waiting = bytes[...]
        while true {
            do throws(ProtocolViolation) {
                switch try buffer.nextFrame() {
                case .incomplete:
                    if waiting.isEmpty { return seen + ["\(buffer.count) left"] }
                    waiting = waiting.dropFirst(buffer.receive(waiting.prefix(pieces(waiting.count))))
                case .open(let request, let length), .refusedName(_, let request, let length):
                    seen.append("\(try buffer.nextFrame()) \(buffer.contents[request.name])")
                    buffer.consume(length)
                case .unknownCommand(let command, let length):
                    seen.append("command \(command)")
                    buffer.consume(length)
                }
            } catch {
                return seen + ["\(error)"]
            }
        }
    }

    @Test func `how a stream is cut does not change its frames`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<1000 {
            let stream = Array((0..<4).map { _ in bytes(from: &generator) }.joined())
            let whole = frames(in: stream) { $0 }
            var cuts = generator
            #expect(frames(in: stream) { _ in 1 } == whole)
            #expect(frames(in: stream) { _ in 1 + Int(cuts.next() % 40) } == whole)
        }
    }

    @Test func `any request that can be encoded is decoded unchanged`() throws {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<20_000 {
            let name = (0...Int(generator.next() % 60)).map { _ in UInt8.random(in: 1...255, using: &generator) }
            let flags = UInt32.random(in: .min ... .max, using: &generator)
            let mode = UInt32.random(in: .min ... .max, using: &generator)
            let message = try RequestEncoder.encode(flags: flags, mode: mode, name: name)
            let request = OpenRequest(flags: flags, mode: mode, name: 18..<18 + name.count)
            #expect(decodeResult(message) == .success(.open(request, length: message.count)))
            #expect(message[18...].elementsEqual(name))
        }
    }
}
