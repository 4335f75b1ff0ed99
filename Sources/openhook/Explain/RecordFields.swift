import HookJSON
import HookPolicy

/// A record's fields as text that is safe to show.
struct RecordFields {
    private let value: JSONValue

    /// - Throws: why the line is no JSON.
    init(_ line: [UInt8]) throws(JSONError) { value = try JSONValue(parsing: line, depth: 4) }

    /// A string or a number; names that are not UTF-8 from their exact bytes.
    subscript(_ name: String) -> String? {
        if let bytes = bytes(name) { return escaped(bytes) }
        return value[name]?.integer.map(String.init)
    }

    func bytes(_ name: String) -> [UInt8]? { value.auditBytes(name) }
}
