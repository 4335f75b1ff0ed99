import HookAudit
import HookLinux

/// JSON for programs, on one line.
indirect enum JSONValue {
    case null
    case bool(Bool)
    case number(Int64)
    case unsigned(UInt64)
    case text(String)
    case array([JSONValue])
    case object([JSONField])
    /// A line that is JSON already.
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
        case .raw(let line): bytes += line
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
    var line: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes + [UInt8(ascii: "\n")]
    }

    func print() { StandardStream.output.write(bytes: line) }
}

struct JSONField {
    let name: String
    let value: JSONValue

    init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }

    init(_ name: String, _ text: String) { self.init(name, .text(text)) }

    init(_ name: String, _ number: Int) { self.init(name, .number(Int64(number))) }
}

extension [JSONField] {
    /// Bytes that anyone may have chosen. If they are not UTF-8, `name_hex` has them exactly: as in audit records.
    mutating func add(_ name: String, bytes: [UInt8]) {
        append(JSONField(name, .text(String(decoding: bytes, as: UTF8.self))))
        guard String(validating: bytes, as: UTF8.self) == nil else { return }
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        append(JSONField(name + "_hex", .text(digits.joined())))
    }
}
