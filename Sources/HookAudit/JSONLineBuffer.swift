/// JSON objects, one a line, written field by field into a buffer that is used again and again.
struct JSONLineBuffer: Sendable {
    /// Every line so far; the one being written is open at the end.
    var bytes: [UInt8] = []

    mutating func beginObject() { bytes.append(UInt8(ascii: "{")) }

    mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func key(_ name: String, _ suffix: String = "") {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: suffix.utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// A word of this project's own: nothing in it needs an escape.
    mutating func word(_ name: String, _ value: String) {
        quoted(name) { $0.append(contentsOf: value.utf8) }
    }

    /// A string whose content `body` appends; it must not need an escape.
    mutating func quoted(_ name: String, _ body: (inout [UInt8]) -> Void) {
        key(name)
        bytes.append(UInt8(ascii: "\""))
        body(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func number(_ name: String, _ value: some FixedWidthInteger) {
        key(name)
        bytes.appendDecimal(value)
    }

    /// Bytes that anyone may have chosen. If they are not UTF-8, `name_hex` has them exactly.
    mutating func text(_ name: String, _ value: [UInt8]) {
        key(name)
        guard !bytes.appendJSONString(value) else { return }
        key(name, "_hex")
        bytes.append(UInt8(ascii: "\""))
        for byte in value {
            bytes.append([UInt8].hexDigit(byte >> 4))
            bytes.append([UInt8].hexDigit(byte & 0xF))
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension [UInt8] {
    /// Appends a number's decimal digits.
    mutating func appendDecimal(_ value: some FixedWidthInteger) {
        if value < 0 { append(UInt8(ascii: "-")) }
        appendDigits(value.magnitude, radix: 10)
    }

    /// Appends a number's digits, the most significant first.
    mutating func appendDigits(_ value: some UnsignedInteger & FixedWidthInteger, radix: UInt64) {
        let start = count
        var rest = UInt64(truncatingIfNeeded: value)
        repeat {
            append(Self.hexDigit(UInt8(rest % radix)))
            rest /= radix
        } while rest > 0
        // By exchange: to reverse a slice in place would copy the buffer.
        var (low, high) = (start, count - 1)
        while low < high {
            swapAt(low, high)
            (low, high) = (low + 1, high - 1)
        }
    }
}
