/// Parts a line into words.
struct LineLexer {
    private let line: ArraySlice<UInt8>
    private let start: SourceSpan
    private var index: Int

    /// - Parameter start: where the line begins.
    private init(line: ArraySlice<UInt8>, start: SourceSpan) {
        self.line = line
        self.start = start
        index = line.startIndex
    }

    /// The words of a line, without what a `#` at the beginning of a word comments out.
    static func words(of line: ArraySlice<UInt8>, at start: SourceSpan) throws(Diagnostic) -> [Word] {
        var lexer = LineLexer(line: line, start: start)
        var words: [Word] = []
        while let word = try lexer.next() { words.append(word) }
        return words
    }

    private mutating func next() throws(Diagnostic) -> Word? {
        while index < line.endIndex, isBlank(line[index]) { index += 1 }
        guard index < line.endIndex, line[index] != UInt8(ascii: "#") else { return nil }
        let begin = index
        if line[index] == quote {
            try skipQuoted()
        } else {
            try skipBare()
        }
        return Word(bytes: line[begin..<index], span: span(from: begin, to: index))
    }

    /// Moves behind the closing quote, which ends the word.
    private mutating func skipQuoted() throws(Diagnostic) {
        let begin = index
        index += 1
        while index < line.endIndex, line[index] != quote {
            index += line[index] == backslash ? 2 : 1
        }
        guard index < line.endIndex else {
            throw Diagnostic(
                .error, at: span(from: begin, to: line.endIndex), "a quoted word has no closing quote on its line")
        }
        index += 1
        if index < line.endIndex, !isBlank(line[index]) {
            throw Diagnostic(
                .error, at: span(from: index, to: index + 1), "a quoted word ends with its quote: a blank goes here")
        }
    }

    private mutating func skipBare() throws(Diagnostic) {
        while index < line.endIndex, !isBlank(line[index]) {
            if line[index] == quote {
                throw Diagnostic(
                    .error, at: span(from: index, to: index + 1),
                    "a quote inside a word: put the whole word in quotes, and `\\\"` for this one")
            }
            let isEscape = line[index] == backslash && index + 1 < line.endIndex && line[index + 1] != tab
            index += isEscape ? 2 : 1
        }
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == blank || byte == tab }

    private func span(from begin: Int, to end: Int) -> SourceSpan {
        SourceSpan(
            file: start.file, line: start.line, column: begin - line.startIndex + start.column, length: end - begin)
    }
}
