/// Bytes as text that is safe on a terminal and in a log: what is printable stays, the rest becomes `\xNN`.
///
/// Names are bytes, and whoever made them may have meant to forge a line or to move the cursor.
package func escaped(_ bytes: some Collection<UInt8>) -> String {
    var text = ""
    for piece in EscapedPieces(bytes) { text += piece.text }
    return text
}

/// The same, cut into the pieces that one character of the result each stands for, with the number of bytes behind it.
struct EscapedPieces<Bytes: Collection<UInt8>>: Sequence, IteratorProtocol {
    private var rest: Bytes.SubSequence

    init(_ bytes: Bytes) {
        rest = bytes[...]
    }

    mutating func next() -> (text: String, byteCount: Int)? {
        guard let first = rest.first else { return nil }
        if first < 0x80 {
            rest = rest.dropFirst()
            return ((0x20..<0x7F).contains(first) ? String(UnicodeScalar(first)) : hexEscape(first), 1)
        }
        if let (scalar, count) = leadingScalar(), isPrintable(scalar) {
            rest = rest.dropFirst(count)
            return (String(scalar), count)
        }
        rest = rest.dropFirst()
        return (hexEscape(first), 1)
    }

    /// The scalar that the rest begins with, if it is well-formed UTF-8.
    private func leadingScalar() -> (UnicodeScalar, Int)? {
        var decoder = UTF8()
        var iterator = rest.prefix(4).makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
        return (scalar, UTF8.width(scalar))
    }

    private func isPrintable(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}

private func hexEscape(_ byte: UInt8) -> String {
    "\\x" + hexDigits(byte)
}

/// Two upper-case digits.
func hexDigits(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.utf8.count == 1 ? "0" + digits : digits
}
