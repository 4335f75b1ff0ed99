/// Why a document is not read.
package struct XMLError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Defect: Sendable, Equatable {
        case tooLong(limit: Int)
        case tooDeep(limit: Int)
        case tooManyElements(limit: Int)
        /// A document type declaration, with which entities are declared: bombs, and names of files.
        case documentType
        /// The library's own words.
        case malformed(String)
        /// The library has no memory, or fails in a way that it does not explain.
        case unreadable
    }

    package let defect: Defect
    /// From 1; nil where the document as a whole is meant.
    package let line: Int?

    package init(defect: Defect, line: Int?) {
        self.defect = defect
        self.line = line
    }

    package var description: String {
        let place = line.map { " (line \($0))" } ?? ""
        return switch defect {
        case .tooLong(let limit): "the XML is longer than \(limit) bytes"
        case .tooDeep(let limit): "elements lie more than \(limit) deep in each other\(place)"
        case .tooManyElements(let limit): "there are more than \(limit) elements\(place)"
        case .documentType: "a document type declaration (<!DOCTYPE …>): a domain has none, and none is read\(place)"
        case .malformed(let text): "no XML: \(text)\(place)"
        case .unreadable: "the XML library cannot read it\(place)"
        }
    }
}

/// How much of a document is read.
package struct XMLLimits: Sendable {
    package var bytes = 4 << 20
    package var depth = 32
    package var elements = 100_000

    package init() {}
}
