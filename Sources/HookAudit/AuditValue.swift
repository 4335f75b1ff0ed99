/// The kernel audit subsystem's own encoding of values that somebody else chose (`audit_encode_nv_string(3)`).
///
/// What could end a value, a message or a line makes the whole value hexadecimal, which `ausearch -i` reads back; any
/// other value stands between quotes. So no name can forge a field.
enum AuditValue {
    /// The value as it stands behind `name=`.
    ///
    /// - Parameter room: how many bytes it may take, at least 2. A value that is longer is cut off between two of its
    ///   bytes: a message that is too long would lose its last fields, the result among them.
    static func encoded(_ value: [UInt8], room: Int) -> [UInt8] {
        if value.allSatisfy(isPlain), value.count + 2 <= room { return [quote] + value + [quote] }
        var digits: [UInt8] = []
        for byte in value.prefix(room / 2) {
            digits.append(digit(byte >> 4))
            digits.append(digit(byte & 0xF))
        }
        return digits
    }

    /// libaudit's rule, and the apostrophe besides: the kernel puts a whole message between two of them.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != quote && byte != UInt8(ascii: "'")
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static let quote = UInt8(ascii: "\"")
}

extension [UInt8] {
    /// Appends ` name=value`, for a value that somebody else chose.
    mutating func appendField(_ name: StaticString, _ value: [UInt8], room: Int = AuditMessage.mostValueBytes) {
        appendField(name, plain: AuditValue.encoded(value, room: room))
    }

    /// Appends ` name=value`, for a value that has no blank, quote or control character.
    mutating func appendField(_ name: StaticString, plain value: some Sequence<UInt8>) {
        if !isEmpty { append(UInt8(ascii: " ")) }
        append(contentsOf: Array(name.description.utf8))
        append(UInt8(ascii: "="))
        append(contentsOf: value)
    }
}
