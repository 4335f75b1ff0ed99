import Foundation

/// One record of a server's audit file, read by another implementation of JSON.
package struct AuditLine: Sendable, Equatable, CustomStringConvertible {
    /// Numbers as text.
    private let fields: [String: String]
    package let description: String

    package init(_ line: String) throws {
        description = line
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
            throw SetUpFailure("not an object: \(line)")
        }
        fields = object.mapValues { "\($0)" }
    }

    package subscript(_ field: String) -> String? { fields[field] }

    package var event: String { fields["event"] ?? "" }
    package var stage: String? { fields["stage"] }
    package var reason: String { fields["reason"] ?? "" }
    package var errno: String? { fields["errno"] }
    package var name: String? { fields["name"] }
    package var generation: String? { fields["generation"] }

    /// The whole lines of a file.
    package static func lines(of text: String) throws -> [AuditLine] {
        let whole = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
        return try whole.split(separator: "\n").map { try AuditLine(String($0)) }
    }
}
