extension JSONReader {
    /// The bytes between two quotes, the first of which is next.
    mutating func string(in bytes: borrowing Span<UInt8>) throws(JSONError) -> [UInt8] {
        offset += 1
        var string: [UInt8] = []
        while true {
            let byte = try peek(in: bytes)
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return string
            case UInt8(ascii: "\\"): try appendEscape(to: &string, in: bytes)
            case 0..<0x20: throw JSONError(.controlCharacter, at: offset)
            default:
                string.append(byte)
                offset += 1
            }
        }
    }

    private mutating func appendEscape(
        to string: inout [UInt8], in bytes: borrowing Span<UInt8>
    ) throws(JSONError) {
        let start = offset
        offset += 1
        let letter = try peek(in: bytes)
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): string.append(letter)
        case UInt8(ascii: "b"): string.append(0x08)
        case UInt8(ascii: "f"): string.append(0x0C)
        case UInt8(ascii: "n"): string.append(0x0A)
        case UInt8(ascii: "r"): string.append(0x0D)
        case UInt8(ascii: "t"): string.append(0x09)
        case UInt8(ascii: "u"): string += Array(Character(try scalar(from: start, in: bytes)).utf8)
        default: throw JSONError(.invalidEscape, at: start)
        }
    }

    /// The character of one `\uXXXX`, or of two that are a surrogate pair. What stands before the digits is read.
    private mutating func scalar(
        from start: Int, in bytes: borrowing Span<UInt8>
    ) throws(JSONError) -> Unicode.Scalar {
        let unit = try codeUnit(from: start, in: bytes)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
            bytes[offset + 1] == UInt8(ascii: "u")
        else { throw JSONError(.loneSurrogate, at: start) }
        offset += 2
        let second = try codeUnit(from: start, in: bytes)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00))
        else { throw JSONError(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func codeUnit(from start: Int, in bytes: borrowing Span<UInt8>) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let digit = try peek(in: bytes)
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 + UInt32(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 + UInt32(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 + UInt32(digit - UInt8(ascii: "A") + 10)
            default: throw JSONError(.invalidEscape, at: start)
            }
            offset += 1
        }
        return unit
    }
}
