/// JSON strings for bytes that anyone may have chosen.
///
/// No name can end a string or a line, and none can hide or reorder what a terminal shows: quotes, controls, and every
/// invisible or direction-changing character are escaped.
extension [UInt8] {
    /// Appends a JSON string with its quotes. A byte that is not part of valid UTF-8 becomes U+FFFD.
    ///
    /// - Returns: whether the bytes were valid UTF-8, so that the string gives all of them back.
    package mutating func appendJSONString(_ bytes: [UInt8]) -> Bool {
        var isValid = true
        append(UInt8(ascii: "\""))
        var index = 0
        while index < bytes.count {
            let plain = bytes[index...].prefix(while: Self.isPlain)
            if !plain.isEmpty {
                append(contentsOf: plain)
                index = plain.endIndex
                continue
            }
            let (scalar, length) = bytes.scalar(at: index)
            if let scalar {
                appendJSONCharacter(scalar, bytes[index..<index + length])
            } else {
                isValid = false
                append(contentsOf: "\u{FFFD}".utf8)
            }
            index += length
        }
        append(UInt8(ascii: "\""))
        return isValid
    }

    /// Whether a byte is a character of its own that never needs an escape.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Appends one character as it is, or escaped if it must not appear.
    private mutating func appendJSONCharacter(_ scalar: UInt32, _ encoded: ArraySlice<UInt8>) {
        switch scalar {
        case 0x22, 0x5C:
            append(UInt8(ascii: "\\"))
            append(UInt8(truncatingIfNeeded: scalar))
        case _ where !Self.isDeceptive(scalar):
            append(contentsOf: encoded)
        case 0x10000...:
            appendUnicodeEscape(0xD800 + (scalar - 0x10000) >> 10)
            appendUnicodeEscape(0xDC00 + (scalar - 0x10000) & 0x3FF)
        default:
            appendUnicodeEscape(scalar)
        }
    }

    private mutating func appendUnicodeEscape(_ unit: UInt32) {
        append(UInt8(ascii: "\\"))
        append(UInt8(ascii: "u"))
        for shift in stride(from: 12, through: 0, by: -4) {
            append(Self.hexDigit(UInt8((unit >> shift) & 0xF)))
        }
    }

    /// Characters that a terminal acts upon instead of showing them, or that it does not show.
    private static func isDeceptive(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x7F..<0xA0: true  // controls, DEL, C1
        case 0xAD, 0x61C, 0x180E, 0xFEFF, 0xFFF9...0xFFFB: true  // soft hyphen, invisible marks
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F: true  // zero width, line ends, bidi
        case 0xE0000...0xE0FFF: true  // tags
        default: false
        }
    }

    static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }
}

extension [UInt8] {
    /// The character that begins at `index` and how many bytes it has; nil and 1 where no valid UTF-8 begins.
    fileprivate func scalar(at index: Int) -> (scalar: UInt32?, length: Int) {
        let first = self[index]
        let (length, bits, lowest): (Int, UInt32, UInt32)
        switch first {
        case 0..<0x80: return (UInt32(first), 1)
        case 0xC2...0xDF: (length, bits, lowest) = (2, UInt32(first & 0x1F), 0x80)
        case 0xE0...0xEF: (length, bits, lowest) = (3, UInt32(first & 0x0F), 0x800)
        case 0xF0...0xF4: (length, bits, lowest) = (4, UInt32(first & 0x07), 0x10000)
        default: return (nil, 1)
        }
        guard count - index >= length else { return (nil, 1) }
        var scalar = bits
        for byte in self[(index + 1)..<(index + length)] {
            guard byte & 0xC0 == 0x80 else { return (nil, 1) }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        let isSurrogate = (0xD800...0xDFFF).contains(scalar)
        guard scalar >= lowest, scalar <= 0x10FFFF, !isSurrogate else { return (nil, 1) }
        return (scalar, length)
    }
}
