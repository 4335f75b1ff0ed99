/// What a security context looks like: `user:role:type`, and a level behind a third `:`.
///
/// Whether the host's policy knows it is asked of the kernel, elsewhere.
enum SecurityContextSyntax {
    static let expectation = "a context is written `user:role:type` or `user:role:type:level`"

    /// Whether the bytes are a user's, a role's or a type's name.
    static func isIdentifier(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first, isLetter(first) || first == UInt8(ascii: "_") else { return false }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || Array("_.-".utf8).contains($0) }
    }

    /// A context with `${level}` as a symbol; nil if it is none.
    static func template(_ symbols: [Symbol], at span: SourceSpan) -> LabelTemplate? {
        let colon = UInt8(ascii: ":")
        let fields = symbols.split(maxSplits: 3, omittingEmptySubsequences: false) { $0.byte == colon && $0 != .level }
        guard fields.count >= 3 else { return nil }
        for field in fields.prefix(3) {
            guard !field.contains(.level), isIdentifier(field.map(\.byte)) else { return nil }
        }
        if fields.count == 4, !isLevel(fields[3]) { return nil }
        return LabelTemplate(segments: segments(of: symbols), span: span)
    }

    private static func isLevel(_ symbols: ArraySlice<Symbol>) -> Bool {
        !symbols.isEmpty
            && symbols.allSatisfy { symbol in
                symbol == .level || isLetter(symbol.byte) || isDigit(symbol.byte)
                    || Array("_.,:-".utf8).contains(symbol.byte)
            }
    }

    private static func segments(of symbols: [Symbol]) -> [LabelTemplate.Segment] {
        var segments: [LabelTemplate.Segment] = []
        var bytes: [UInt8] = []
        for symbol in symbols {
            guard symbol == .level else {
                bytes.append(symbol.byte)
                continue
            }
            segments += [.bytes(bytes), .level]
            bytes = []
        }
        if !bytes.isEmpty { segments.append(.bytes(bytes)) }
        return segments
    }
}

extension PolicyReader {
    /// A label, in which `${level}` may stand.
    mutating func label(_ word: Word) throws(Diagnostic) -> LabelTemplate {
        let symbols = try WordExpansion.symbols(of: word, variables: variables)
        charge(symbols.count, at: word.span)
        guard !symbols.contains(where: \.isWildcard),
            let template = SecurityContextSyntax.template(symbols, at: word.span)
        else {
            throw word.error("`\(word.shown)` is not a context: \(SecurityContextSyntax.expectation)")
        }
        return template
    }
}
