/// One line of a JSON audit file, read: a flat object of strings and numbers, which is what HookAudit writes.
struct AuditLine {
    /// The line as it stands in the file.
    let bytes: [UInt8]
    private var fields: [String: String] = [:]

    subscript(_ name: String) -> String? { fields[name] }

    /// Nil for anything else than such an object.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        var reader = FlatJSONReader(bytes)
        guard reader.take(UInt8(ascii: "{")) else { return nil }
        while !reader.take(UInt8(ascii: "}")) {
            if !fields.isEmpty { guard reader.take(UInt8(ascii: ",")) else { return nil } }
            guard let name = reader.string(), reader.take(UInt8(ascii: ":")) else { return nil }
            guard let value = reader.string() ?? reader.number() else { return nil }
            fields[name] = value
        }
        guard reader.isAtEnd else { return nil }
    }
}

private struct FlatJSONReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func number() -> String? {
        let digits = bytes[index...].prefix {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard !digits.isEmpty else { return nil }
        index = digits.endIndex
        return String(decoding: digits, as: UTF8.self)
    }

    mutating func string() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var units: [UInt16] = []
        while index < bytes.count {
            if take(UInt8(ascii: "\"")) { return String(decoding: units, as: UTF16.self) }
            if take(UInt8(ascii: "\\")) {
                guard let unit = escape() else { return nil }
                units.append(unit)
                continue
            }
            let plain = bytes[index...].prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            units += Array(String(decoding: plain, as: UTF8.self).utf16)
            index = plain.endIndex
        }
        return nil
    }

    private mutating func escape() -> UInt16? {
        guard index < bytes.count else { return nil }
        let kind = bytes[index]
        index += 1
        guard kind == UInt8(ascii: "u") else { return UInt16(kind) }
        guard index + 4 <= bytes.count else { return nil }
        defer { index += 4 }
        return UInt16(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
    }
}
