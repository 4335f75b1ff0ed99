/// Writes `{a,b}` out: the words that a word with alternatives stands for, in the order of the text.
struct BraceExpansion {
    static let mostAlternatives = 256

    /// What a word consists of: each part has its choices, and outside braces there is one.
    private var parts: [[ArraySlice<Symbol>]] = []

    /// One word for each combination of alternatives, or why that cannot be.
    static func words(of symbols: [Symbol]) throws(PatternDefect) -> [[Symbol]] {
        guard symbols.contains(where: { $0.means("{") || $0.means("}") }) else { return [symbols] }
        var expansion = BraceExpansion()
        try expansion.read(symbols)
        return try expansion.combinations()
    }

    private mutating func read(_ symbols: [Symbol]) throws(PatternDefect) {
        var rest = symbols[...]
        while let open = rest.firstIndex(where: { $0.means("{") || $0.means("}") }) {
            guard rest[open].means("{") else { throw PatternDefect("`}` without `{`: write `\\}` for the character") }
            parts.append([rest[..<open]])
            let inside = rest[(open + 1)...]
            guard let close = inside.firstIndex(where: { $0.means("{") || $0.means("}") }) else {
                throw PatternDefect("`{` without `}`: write `\\{` for the character")
            }
            guard inside[close].means("}") else { throw PatternDefect("`{` inside `{...}`: alternatives do not nest") }
            let choices = inside[..<close].split(omittingEmptySubsequences: false) { $0.means(",") }
            guard choices.count > 1 else {
                throw PatternDefect("`{...}` holds two alternatives or more, parted by `,`")
            }
            parts.append(choices)
            rest = inside[(close + 1)...]
        }
        parts.append([rest])
    }

    private func combinations() throws(PatternDefect) -> [[Symbol]] {
        var words: [[Symbol]] = [[]]
        for choices in parts {
            guard words.count * choices.count <= BraceExpansion.mostAlternatives else {
                throw PatternDefect("more than \(BraceExpansion.mostAlternatives) alternatives")
            }
            words = words.flatMap { word in choices.map { word + $0 } }
        }
        return words
    }
}

/// Why a word is no pattern.
struct PatternDefect: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
