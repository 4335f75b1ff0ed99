/// A word of a line, as it is written.
struct Word {
    let bytes: ArraySlice<UInt8>
    let span: SourceSpan

    var isQuoted: Bool { bytes.first == quote }

    /// The word, fit to be shown.
    var shown: String { escaped(bytes.prefix(200)) + (bytes.count > 200 ? "..." : "") }

    /// Whether it is this word, bare and without escapes: so are all words that mean something to the language.
    func isBare(_ word: String) -> Bool {
        bytes.elementsEqual(word.utf8)
    }

    /// The place of some of its bytes.
    func span(at offset: Int, length: Int = 1) -> SourceSpan {
        SourceSpan(file: span.file, line: span.line, column: span.column + offset, length: length)
    }

    func error(_ message: String, suggestion: String? = nil, notes: [Diagnostic.Note] = []) -> Diagnostic {
        Diagnostic(.error, at: span, message, suggestion: suggestion, notes: notes)
    }
}

let quote = UInt8(ascii: "\"")
let backslash = UInt8(ascii: "\\")
let blank = UInt8(ascii: " ")
let tab = UInt8(ascii: "\t")
