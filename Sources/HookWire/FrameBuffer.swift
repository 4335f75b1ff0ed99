package import SystemPackage

/// The receive buffer of one connection.
///
/// It starts small, and is reused: receiving and decoding requests that can be granted allocates nothing. It grows only
/// when a frame that announced itself as larger has filled it, to twice its size at a time, and is small again once
/// that frame has been consumed. So what a peer announces costs nothing: only what it sends is kept, and never more than
/// ``WireLimits/largestMessage``. A copy would share the memory until one of the two is written to: keep one value.
package struct FrameBuffer: Sendable {
    /// Bytes at the start: every request that can be granted fits.
    package static let initialCapacity = 4352

    private var storage: [UInt8]
    private var unread: Range<Int>

    package init() {
        storage = [UInt8](repeating: 0, count: Self.initialCapacity)
        unread = 0..<0
    }

    /// Bytes received and not yet consumed.
    package var count: Int { unread.count }

    /// Bytes of memory held.
    package var capacity: Int { storage.count }

    /// The bytes that were received and not yet consumed. Ranges of a decoded frame are positions in this span.
    package var span: Span<UInt8> {
        @_lifetime(borrow self) get { storage.span.extracting(unread) }
    }

    /// Decodes the first frame of a stream. Its length is to be given to ``consume(_:)`` once it has been answered.
    package func nextFrame() throws(ProtocolViolation) -> DecodedFrame {
        try RequestDecoder.decode(span)
    }

    /// Forgets bytes at the front.
    ///
    /// - Parameter length: At most ``count``; more is a bug of the caller's and traps.
    package mutating func consume(_ length: Int) {
        precondition(length >= 0 && length <= unread.count, "more consumed than was received")
        unread = unread.lowerBound + length..<unread.upperBound
        guard unread.isEmpty else { return }
        unread = 0..<0
        if storage.count > Self.initialCapacity { storage = [UInt8](repeating: 0, count: Self.initialCapacity) }
    }

    /// Lets the caller receive into the free space, which is never empty.
    ///
    /// To be called only when the bytes at hand are an incomplete frame: a full buffer of ``WireLimits/largestMessage``
    /// bytes always holds a whole one.
    ///
    /// - Parameter receive: Writes to the beginning of the span it is given, and returns how many bytes it wrote.
    /// - Returns: The same number; 0 is what the peer's end of file gives.
    /// - Throws: What `receive` throws.
    package mutating func fill(
        _ receive: (inout MutableSpan<UInt8>) throws(Errno) -> Int
    ) throws(Errno) -> Int {
        moveUnreadToFront()
        if unread.upperBound == storage.count { grow() }
        let end = unread.upperBound
        let received = try receiveInto(end..<storage.count, receive)
        precondition(received >= 0 && received <= storage.count - end, "more received than there was room for")
        unread = unread.lowerBound..<end + received
        return received
    }

    private mutating func receiveInto(
        _ range: Range<Int>, _ receive: (inout MutableSpan<UInt8>) throws(Errno) -> Int
    ) throws(Errno) -> Int {
        // The standard library has no other name for a part of a mutable span yet.
        var all = storage.mutableSpan
        var free = all._mutatingExtracting(range)
        return try receive(&free)
    }

    /// At most one incomplete frame is moved, and only after others have been consumed from before it.
    private mutating func moveUnreadToFront() {
        guard unread.lowerBound > 0 else { return }
        for (target, source) in unread.enumerated() { storage[target] = storage[source] }
        unread = 0..<unread.count
    }

    private mutating func grow() {
        precondition(storage.count < WireLimits.largestMessage, "a whole frame was not consumed")
        let larger = min(2 * storage.count, WireLimits.largestMessage)
        storage.append(contentsOf: repeatElement(0, count: larger - storage.count))
    }
}
