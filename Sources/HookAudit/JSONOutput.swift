/// JSON for programs, on one line: what commands print beside the records, by the same rules.
package indirect enum JSONOutput: Sendable {
    case null
    case bool(Bool)
    case number(Int64)
    case unsigned(UInt64)
    case text(String)
    case array([JSONOutput])
    case object([JSONField])
    /// What is JSON already.
    case raw([UInt8])

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += Array("null".utf8)
        case .bool(let value): bytes += Array((value ? "true" : "false").utf8)
        case .number(let value): bytes += Array(String(value).utf8)
        case .unsigned(let value): bytes += Array(String(value).utf8)
        case .text(let value): bytes.appendJSONString(Array(value.utf8))
        case .array(let values):
            Self.append(values, "[", "]", to: &bytes) { $0.append(to: &$1) }
        case .object(let fields):
            Self.append(fields, "{", "}", to: &bytes) { field, bytes in
                bytes.appendJSONString(Array(field.name.utf8))
                bytes.append(UInt8(ascii: ":"))
                field.value.append(to: &bytes)
            }
        case .raw(let json): bytes += json
        }
    }

    private static func append<Part>(
        _ parts: [Part], _ begin: Unicode.Scalar, _ end: Unicode.Scalar, to bytes: inout [UInt8],
        _ body: (Part, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: begin))
        for (index, part) in parts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            body(part, &bytes)
        }
        bytes.append(UInt8(ascii: end))
    }

    /// With a line feed at the end.
    package var line: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes + [UInt8(ascii: "\n")]
    }
}

/// A member of an object.
package struct JSONField: Sendable {
    let name: String
    let value: JSONOutput

    package init(_ name: String, _ value: JSONOutput) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, _ text: String) { self.init(name, .text(text)) }

    package init(_ name: String, _ number: Int) { self.init(name, .number(Int64(number))) }
}

extension [JSONField] {
    /// Bytes that anyone may have chosen. If they are not UTF-8, `name_hex` has them exactly: as in audit records.
    package mutating func add(_ name: String, bytes: [UInt8]) {
        append(JSONField(name, .text(String(decoding: bytes, as: UTF8.self))))
        if !bytes.isText { append(JSONField(name + "_hex", .text(bytes.hexadecimal))) }
    }

    /// The same of several: if one of them is not UTF-8, `name_hex` has all of them.
    package mutating func add(_ name: String, list: [[UInt8]]) {
        append(JSONField(name, .array(list.map { .text(String(decoding: $0, as: UTF8.self)) })))
        guard !list.allSatisfy(\.isText) else { return }
        append(JSONField(name + "_hex", .array(list.map { .text($0.hexadecimal) })))
    }
}

extension [UInt8] {
    fileprivate var isText: Bool { String(validating: self, as: UTF8.self) != nil }

    fileprivate var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
