/// The fields of a JSON object. One whose value is nil is left out.
extension JSONLine {
    /// A string whose content `writeContent` writes; it must not need an escape.
    ///
    /// - Parameters:
    ///   - opening: what comes before the name: a brace before the first, a comma before the others.
    ///   - closing: what comes between the name and the content.
    @inline(__always)
    mutating func string(
        _ name: StaticString, opening: StaticString = ",\"", closing: StaticString = "\":\"",
        _ writeContent: (inout JSONLine) -> Void
    ) {
        write(opening, name, closing)
        writeContent(&self)
        write("\"")
    }

    /// A word of this project's own: nothing in it needs an escape.
    @inline(__always)
    mutating func word(_ name: StaticString, _ value: (some RawRepresentable<AuditWord>)?) {
        guard let value else { return }
        string(name) { $0.write(value.rawValue.text) }
    }

    @inline(__always)
    mutating func number(_ name: StaticString, _ value: (some FixedWidthInteger)?) {
        guard let value else { return }
        write(",\"", name, "\":")
        if value < 0 { write("-") }
        write(UInt64(truncatingIfNeeded: value.magnitude))
    }

    /// Bytes that anyone may have chosen. If they are not UTF-8, `name_hex` has them exactly.
    @inline(__always)
    mutating func text(_ name: StaticString, _ value: [UInt8]?) {
        guard let value else { return }
        var isExact = true
        string(name) { isExact = $0.writeEscaped(value.span) }
        guard !isExact else { return }
        string(name, closing: "_hex\":\"") { $0.writeHexadecimal(value.span) }
    }

    @inline(never)
    private mutating func writeHexadecimal(_ bytes: Span<UInt8>) {
        for index in bytes.indices { write(UInt64(bytes[index]), radix: 16, width: 2) }
    }
}
