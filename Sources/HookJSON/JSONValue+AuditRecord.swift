/// Audit records, as a server writes them.
extension JSONValue {
    /// The bytes of a member that anyone may have chosen. If they are not UTF-8, `NAME_hex` has them exactly.
    ///
    /// - Returns: nil if there is no such member, or if it is no string.
    package func auditBytes(_ name: String) -> [UInt8]? {
        guard let digits = self[name + "_hex"]?.bytes else { return self[name]?.bytes }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
