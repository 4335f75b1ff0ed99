/// Tells bytes that a JSON string has as they are, eight at a time.
extension Span<UInt8> {
    /// Whether every byte is a character of its own that never needs an escape: printable ASCII but `"` and `\`.
    var isPlain: Bool {
        guard count >= 8 else { return Self.marks(fewBytes) & Self.everyByte(0x80) == 0 }
        var found: UInt64 = 0
        var index = 0
        while index < count &- 8 {
            found |= Self.marks(eightBytes(at: index))
            index &+= 8
        }
        // The last eight, some of them for the second time.
        found |= Self.marks(eightBytes(at: count &- 8))
        return found & Self.everyByte(0x80) == 0
    }

    /// All of fewer than eight bytes, after spaces.
    private var fewBytes: UInt64 {
        var word = Self.everyByte(UInt8(ascii: " "))
        for index in indices { word = word << 8 | UInt64(self[index]) }
        return word
    }

    /// Sets the highest bit of some byte if and only if one of the eight needs the careful way.
    ///
    /// A subtraction sets that bit of a byte below 0x80 if it borrows; what it borrows from is marked for no reason of
    /// its own, which changes nothing.
    @inline(__always)
    private static func marks(_ eight: UInt64) -> UInt64 {
        let notASCII = eight
        let control = eight &- everyByte(0x20)
        let delete = eight &+ everyByte(0x01)
        let quote = (eight ^ everyByte(UInt8(ascii: "\""))) &- everyByte(0x01)
        let backslash = (eight ^ everyByte(UInt8(ascii: "\\"))) &- everyByte(0x01)
        return notASCII | control | delete | quote | backslash
    }

    @inline(__always)
    private static func everyByte(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }
}
