/// The variables of a policy, each with the bytes it stands for.
struct Variables: Sendable {
    struct Definition: Sendable {
        let value: [UInt8]
        let span: SourceSpan
    }

    private var definitions: [[UInt8]: Definition] = [:]

    static let predefined: [[UInt8]] = [Array("vm".utf8), Array("uuid".utf8), Array("level".utf8)]

    subscript(name: [UInt8]) -> Definition? { definitions[name] }

    mutating func define(_ name: [UInt8], as value: [UInt8], at span: SourceSpan) {
        definitions[name] = Definition(value: value, span: span)
    }

    /// The names, for suggestions; none if there are more than anybody wrote by hand.
    var names: [String] { definitions.count > 1000 ? [] : definitions.keys.map { escaped($0) } }
}
