/// Writes words as the policy language wants them.
package struct WordWriter {
    /// The bytes that no bare pattern can say: a variable stands for each.
    private(set) var oddBytes: Set<UInt8> = []

    // MARK: Words that stand for themselves

    /// A word for these bytes: bare if that says the same, else in quotes. What cannot be seen, or is no text, is escaped.
    package static func word(_ bytes: [UInt8]) -> [UInt8] {
        let isPlain =
            !bytes.isEmpty && bytes.allSatisfy { isPlainByte($0) } && !startsComment(bytes) && isVisible(bytes)
        return isPlain && !keywords.contains(bytes) ? bytes : quoted(bytes)
    }

    /// Words that mean something before a pattern.
    private static let keywords = ["ro", "rw", "create"].map { Array($0.utf8) }

    private static func isVisible(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { $0 < 0x80 } || EscapedPieces(bytes).allSatisfy { !isEscape($0) }
    }

    /// Whether a piece of text stands for one byte that is no ASCII: a part of a character that is not shown, or of none.
    private static func isEscape(_ piece: (text: String, byteCount: Int)) -> Bool {
        piece.byteCount == 1 && piece.text.utf8.count == 4
    }

    private static func startsComment(_ bytes: [UInt8]) -> Bool { bytes.first == UInt8(ascii: "#") }

    /// Whether a bare word may have the byte in it, and means the byte.
    private static func isPlainByte(_ byte: UInt8) -> Bool {
        byte > blank && byte != 0x7F && byte != quote && byte != UInt8(ascii: "$") && byte != backslash
            && !wildcardBytes.contains(byte)
    }

    static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var word = [quote]
        for piece in EscapedPieces(bytes) {
            switch piece.text {
            case "\"", "\\": word += [backslash] + Array(piece.text.utf8)
            case "\\x0A": word += Array("\\n".utf8)
            case "\\x09": word += Array("\\t".utf8)
            case "$": word += Array("\\x24".utf8)
            default: word += Array(piece.text.utf8)
            }
        }
        return word + [quote]
    }

    // MARK: Patterns

    /// A word for a pattern, from the symbols of the one that was read.
    mutating func pattern(_ symbols: [Symbol]) -> [UInt8] {
        guard symbols.contains(where: \.isWildcard) else { return WordWriter.word(symbols.map(\.byte)) }
        var word: [UInt8] = []
        var place = Place()
        for symbol in symbols {
            if symbol.isWildcard || !place.isOutside && symbol == .bare(symbol.byte) {
                word.append(symbol.byte)
                place.pass(symbol)
            } else {
                word += literal(symbol.byte, in: place, isFirst: word.isEmpty)
            }
        }
        return word
    }

    /// Whether a byte stands in braces or brackets, where `,` `-` `!` and `^` can have a meaning.
    private struct Place {
        private var isInBraces = false
        private var isInBrackets = false

        var isOutside: Bool { !isInBraces && !isInBrackets }

        mutating func pass(_ symbol: Symbol) {
            if symbol.means("{") || symbol.means("}") { isInBraces = symbol.means("{") }
            if symbol.means("[") || symbol.means("]") { isInBrackets = symbol.means("[") }
        }
    }

    private mutating func literal(_ byte: UInt8, in place: Place, isFirst: Bool) -> [UInt8] {
        let hasMeaning = !place.isOutside && Array(",-!^".utf8).contains(byte)
        if WordWriter.isPlainByte(byte), !hasMeaning, !(isFirst && byte == UInt8(ascii: "#")) { return [byte] }
        return escapableBytes.contains(byte) ? [backslash, byte] : variable(for: byte)
    }

    /// What no escape says is the value of a variable.
    private mutating func variable(for byte: UInt8) -> [UInt8] {
        oddBytes.insert(byte)
        return Array("${\(WordWriter.variableName(of: byte))}".utf8)
    }

    /// The name of the variable that stands for a byte.
    static func variableName(of byte: UInt8) -> String { "byte-" + hexDigits(byte) }
}
