/// A line that is being written, into room that was reserved for it: the one type of this module that holds a pointer.
///
/// Every write checks its length against the room that is left. What does not fit is left out, and so is everything
/// after it: such a line is not whole, never goes out, and must be written again into more room. A line is lent for the
/// time of a closure, as `inout`, and cannot be copied, so that it does not outlive its room.
@safe
struct JSONLine: ~Copyable {
    private let start: UnsafeMutableRawPointer
    /// -1 after something did not fit, so that nothing fits any more.
    private var capacity: Int
    private(set) var count = 0

    /// Whether everything that was written fitted.
    var isWhole: Bool { capacity >= 0 }

    fileprivate init?(_ room: UnsafeMutableBufferPointer<UInt8>) {
        guard let start = room.baseAddress else { return nil }
        unsafe self.start = UnsafeMutableRawPointer(start)
        capacity = room.count
    }

    /// Takes the next bytes, which the caller must write, every one.
    ///
    /// - Returns: the first of them; nil if they do not fit.
    @inline(__always)
    private mutating func take(_ length: Int) -> UnsafeMutableRawPointer? {
        guard length >= 0, length <= capacity &- count else {
            capacity = -1
            return nil
        }
        defer { count &+= length }
        return unsafe start + count
    }

    @inline(__always)
    mutating func write(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        guard let place = unsafe take(length) else { return }
        unsafe place.copyMemory(from: text.utf8Start, byteCount: length)
    }

    /// Writes three constants, which together cost one comparison.
    @inline(__always)
    mutating func write(_ first: StaticString, _ second: StaticString, _ third: StaticString) {
        let (one, two, three) = (first.utf8CodeUnitCount, second.utf8CodeUnitCount, third.utf8CodeUnitCount)
        guard let place = unsafe take(one + two + three) else { return }
        unsafe place.copyMemory(from: first.utf8Start, byteCount: one)
        unsafe (place + one).copyMemory(from: second.utf8Start, byteCount: two)
        unsafe (place + one + two).copyMemory(from: third.utf8Start, byteCount: three)
    }

    @inline(__always)
    mutating func write(_ bytes: Span<UInt8>) {
        guard let place = unsafe take(bytes.count) else { return }
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(start: place, count: bytes.count).copyMemory(from: bytes)
        }
    }

    /// Writes the last `width` digits of a number.
    @inline(__always)
    mutating func write(_ value: UInt64, radix: UInt64 = 10, width: Int) {
        guard let place = unsafe take(width) else { return }
        var rest = value
        var index = width
        while index > 0 {
            index &-= 1
            unsafe place.storeBytes(of: Self.digit(rest % radix), toByteOffset: index, as: UInt8.self)
            rest /= radix
        }
    }

    /// Writes a number's digits, the most significant first.
    @inline(__always)
    mutating func write(_ value: UInt64, radix: UInt64 = 10) {
        write(value, radix: radix, width: Self.width(value, radix))
    }

    /// How many digits a number has. By multiplication, which is faster than division.
    @inline(__always)
    private static func width(_ value: UInt64, _ radix: UInt64) -> Int {
        var width = 1
        var limit = radix
        while value >= limit {
            width &+= 1
            let next = limit.multipliedReportingOverflow(by: radix)
            if next.overflow { break }
            limit = next.partialValue
        }
        return width
    }

    @inline(__always)
    private static func digit(_ value: UInt64) -> UInt8 {
        UInt8(truncatingIfNeeded: value) &+ (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }
}

extension [UInt8] {
    /// Appends what `body` writes, if it fits into so many bytes.
    ///
    /// - Returns: whether it does; nothing is appended otherwise.
    @inline(__always)
    mutating func append(room: Int, _ body: (inout JSONLine) -> Void) -> Bool {
        var isWhole = false
        append(addingCapacity: room) { output in
            unsafe output.withUnsafeMutableBufferPointer { room, count in
                guard var line = unsafe JSONLine(room) else { return }
                body(&line)
                isWhole = line.isWhole
                if isWhole { count = line.count }
            }
        }
        return isWhole
    }
}

extension Span<UInt8> {
    /// Eight bytes as a number; any eight bytes are one. Traps unless there are eight from `index` on.
    @inline(__always)
    func eightBytes(at index: Int) -> UInt64 {
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
    }
}
