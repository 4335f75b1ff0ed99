/// A line of words that stand for themselves, written as in a policy: quotes, escapes and the policy's variables, and no
/// wildcards.
package struct PlainLine: Sendable {
    package struct Word: Sendable {
        /// What the word stands for.
        package let bytes: [UInt8]
        /// Whether it is written bare, as the words of a language are.
        package let isBare: Bool
        package let span: SourceSpan
    }

    /// At least one.
    package let words: [Word]

    /// From the first word to the last one.
    package var span: SourceSpan {
        words.dropFirst().reduce(words[0].span) { $0.through($1.span) }
    }
}

extension PlainLine {
    /// The lines of a text that have words in them, and what is wrong with the others.
    ///
    /// - Parameter policy: whose variables are replaced; nil: there are none.
    package static func read(
        _ text: [UInt8], variablesOf policy: Policy?
    ) -> (lines: [PlainLine], errors: [Diagnostic]) {
        var lines: [PlainLine] = []
        var errors: [Diagnostic] = []
        var reader = LineReader(bytes: text, file: 0)
        while errors.count < DiagnosticList.mostErrors, let line = reader.next() {
            if let error = line.error { errors.append(error) }
            guard line.isReadable else { continue }
            do throws(Diagnostic) {
                var words: [PlainLine.Word] = []
                for word in try LineLexer.words(of: line.bytes, at: line.start) {
                    words.append(try plain(word, policy?.storage.variables ?? Variables()))
                }
                if !words.isEmpty { lines.append(PlainLine(words: words)) }
            } catch {
                errors.append(error)
            }
        }
        return (lines, errors)
    }

    private static func plain(
        _ word: HookPolicy.Word, _ variables: Variables
    ) throws(Diagnostic) -> PlainLine.Word {
        let symbols = try WordExpansion.symbols(of: word, variables: variables)
        if let wildcard = symbols.first(where: { $0.isWildcard || $0 == .level }) {
            let shown = wildcard == .level ? "${level}" : escaped([wildcard.byte])
            throw word.error("no wildcards here: a name is one name, and `\(shown)` is not")
        }
        return PlainLine.Word(
            bytes: symbols.map(\.byte), isBare: word.bytes.elementsEqual(symbols.map(\.byte)), span: word.span)
    }
}
