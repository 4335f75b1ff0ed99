extension JSONReader {
    /// A number: `-`, digits without a leading zero, a fraction, an exponent.
    mutating func number(in bytes: borrowing Span<UInt8>) throws(JSONError) -> JSONValue {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let first = offset
        try skipDigits(from: start, in: bytes)
        if bytes[first] == UInt8(ascii: "0"), offset > first + 1 { throw JSONError(.invalidNumber, at: start) }
        var isInteger = true
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            try skipDigits(from: start, in: bytes)
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            offset += 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") || bytes[offset] == UInt8(ascii: "+") {
                offset += 1
            }
            try skipDigits(from: start, in: bytes)
        }
        var text: [UInt8] = []
        for index in start..<offset { text.append(bytes[index]) }
        if isInteger, let integer = Int64(String(decoding: text, as: UTF8.self)) { return .integer(integer) }
        return .number(text)
    }

    /// At least one.
    private mutating func skipDigits(from start: Int, in bytes: borrowing Span<UInt8>) throws(JSONError) {
        let first = offset
        while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) { offset += 1 }
        guard offset > first else { throw JSONError(.invalidNumber, at: start) }
    }
}
