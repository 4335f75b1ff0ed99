/// JSON strings for bytes that anyone may have chosen.
///
/// No name can end a string or a line, and none can hide or reorder what a terminal shows: quotes, controls, and every
/// invisible or direction-changing character are escaped.
extension JSONLine {
    /// Writes the content of a JSON string. A byte that is not part of valid UTF-8 becomes U+FFFD.
    ///
    /// - Returns: whether the bytes were valid UTF-8, so that the string gives all of them back.
    @inline(__always)
    mutating func writeEscaped(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.isPlain else { return writeCharacters(bytes) }
        write(bytes)
        return true
    }

    /// Does the same for any bytes, character by character.
    @inline(never)
    mutating func writeCharacters(_ bytes: Span<UInt8>) -> Bool {
        var isValid = true
        var index = 0
        while index < bytes.count {
            let (scalar, length) = bytes.scalar(at: index)
            if let scalar {
                writeCharacter(scalar, bytes.extracting(index..<index + length))
            } else {
                isValid = false
                write("\u{FFFD}")
            }
            index += length
        }
        return isValid
    }

    /// Writes one character as it is, or escaped if it must not appear.
    private mutating func writeCharacter(_ scalar: UInt32, _ encoded: Span<UInt8>) {
        switch scalar {
        case 0x22: write("\\\"")
        case 0x5C: write("\\\\")
        case _ where !Self.isDeceptive(scalar):
            write(encoded)
        case 0x10000...:
            writeUnicodeEscape(0xD800 + (scalar - 0x10000) >> 10)
            writeUnicodeEscape(0xDC00 + (scalar - 0x10000) & 0x3FF)
        default:
            writeUnicodeEscape(scalar)
        }
    }

    private mutating func writeUnicodeEscape(_ unit: UInt32) {
        write("\\u")
        write(UInt64(unit), radix: 16, width: 4)
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
}

extension Span<UInt8> {
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
        for offset in 1..<length {
            let byte = self[index + offset]
            guard byte & 0xC0 == 0x80 else { return (nil, 1) }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        let isSurrogate = (0xD800...0xDFFF).contains(scalar)
        guard scalar >= lowest, scalar <= 0x10FFFF, !isSurrogate else { return (nil, 1) }
        return (scalar, length)
    }
}

extension [UInt8] {
    /// Appends a JSON string with its quotes, by the same rules as in a record.
    mutating func appendJSONString(_ text: [UInt8]) {
        // An escape takes six bytes for each byte at most.
        let fitted = append(room: 6 * text.count + 2) { line in
            line.write("\"")
            _ = line.writeEscaped(text.span)
            line.write("\"")
        }
        precondition(fitted, "the room is enough for any text")
    }
}
