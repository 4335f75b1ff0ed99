import HookWire
import SystemPackage
import Testing

extension FrameBuffer {
    /// Receives as many of the bytes as there is room for, and returns how many.
    mutating func receive(_ bytes: some Collection<UInt8>) -> Int {
        let received = try? fill { free throws(Errno) in
            let count = min(free.count, bytes.count)
            for (offset, byte) in bytes.prefix(count).enumerated() { free[offset] = byte }
            return count
        }
        return received ?? 0
    }

    var contents: [UInt8] { span.indices.map { span[$0] } }
}

@Suite struct FrameBufferTests {
    @Test func `a new buffer is empty and small`() throws {
        let buffer = FrameBuffer()
        #expect(buffer.count == 0)
        #expect(buffer.capacity == 4352)
        #expect(try buffer.nextFrame() == .incomplete)
    }

    @Test func `bytes that trickle in one at a time make a frame`() throws {
        var buffer = FrameBuffer()
        let message = RawFrame().bytes
        for byte in message.dropLast() {
            #expect(buffer.receive([byte]) == 1)
            #expect(try buffer.nextFrame() == .incomplete)
        }
        #expect(buffer.receive([message[message.count - 1]]) == 1)
        let request = OpenRequest(flags: 0, mode: 0, name: 18..<34)
        #expect(try buffer.nextFrame() == .open(request, length: 34))
    }

    @Test func `two requests and a half in one segment come one after the other`() throws {
        var buffer = FrameBuffer()
        let first = RawFrame(flags: 1, name: [65]).bytes
        let second = RawFrame(flags: 2, name: [66, 67]).bytes
        _ = buffer.receive(first + second + first.prefix(10))
        #expect(try buffer.nextFrame() == .open(OpenRequest(flags: 1, mode: 0, name: 18..<19), length: 19))
        buffer.consume(19)
        #expect(try buffer.nextFrame() == .open(OpenRequest(flags: 2, mode: 0, name: 18..<20), length: 20))
        #expect(Array(buffer.contents[18..<20]) == [66, 67])
        buffer.consume(20)
        #expect(try buffer.nextFrame() == .incomplete)
        _ = buffer.receive(first.dropFirst(10))
        #expect(buffer.contents == first)
        #expect(try buffer.nextFrame() == .open(OpenRequest(flags: 1, mode: 0, name: 18..<19), length: 19))
    }

    @Test func `a full segment of small requests fits without growing`() throws {
        var buffer = FrameBuffer()
        let message = RawFrame(name: name(ofLength: 100)).bytes
        var waiting = Array([[UInt8]](repeating: message, count: 500).joined())
        var frames = 0
        while !waiting.isEmpty || buffer.count > 0 {
            if try buffer.nextFrame() == .incomplete {
                waiting.removeFirst(buffer.receive(waiting))
            } else {
                buffer.consume(message.count)
                frames += 1
            }
        }
        #expect(frames == 500)
        #expect(buffer.capacity == FrameBuffer.initialCapacity)
    }

    @Test func `announcing a large frame costs nothing`() throws {
        var buffer = FrameBuffer()
        _ = buffer.receive(header(size: 65_555))
        #expect(try buffer.nextFrame() == .incomplete)
        _ = buffer.receive([])
        #expect(buffer.capacity == FrameBuffer.initialCapacity)
    }

    @Test func `the largest frame is taken in and the memory given back`() throws {
        var buffer = FrameBuffer()
        var waiting = RawFrame(name: name(ofLength: 65_535), padding: [0, 0]).bytes[...]
        while try buffer.nextFrame() == .incomplete {
            waiting = waiting.dropFirst(buffer.receive(waiting))
            #expect(buffer.capacity <= max(FrameBuffer.initialCapacity, 2 * buffer.count))
        }
        let request = OpenRequest(flags: 0, mode: 0, name: 18..<65_553)
        #expect(try buffer.nextFrame() == .refusedName(.fileNameTooLong, request, length: 65_555))
        #expect(buffer.capacity == WireLimits.largestMessage)
        buffer.consume(65_555)
        #expect(buffer.capacity == FrameBuffer.initialCapacity)
    }

    @Test func `an error of the caller leaves the bytes as they were`() throws {
        var buffer = FrameBuffer()
        _ = buffer.receive([1, 2, 3])
        #expect(throws: Errno.connectionReset) {
            try buffer.fill { (_: inout MutableSpan<UInt8>) throws(Errno) in throw .connectionReset }
        }
        #expect(buffer.contents == [1, 2, 3])
    }

    @Test func `consuming more than was received traps`() async {
        await #expect(processExitsWith: .failure) {
            var buffer = FrameBuffer()
            buffer.consume(1)
        }
    }
}
