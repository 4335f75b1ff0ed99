/// A manual page in man(7).
struct ManualPage {
    private(set) var text: String

    init(_ name: String, section: Int, abstract: String) {
        text = ".TH \(Self.escaped(name.uppercased())) \(section) \"\" openhook \"openhook\"\n"
        heading("Name")
        line("\(name) - \(abstract)")
    }

    // MARK: Structure

    mutating func heading(_ words: String) { text += ".SH \(Self.escaped(words.uppercased()))\n" }

    mutating func subheading(_ words: String) { text += ".SS \(Self.escaped(words))\n" }

    /// An option, or a term, and what it means.
    mutating func term(_ term: String, _ meaning: String) {
        text += ".TP\n.B \(Self.escaped(term))\n"
        line(meaning)
    }

    mutating func paragraph(_ words: String) {
        text += ".PP\n"
        line(words)
    }

    /// Lines that stay as they are.
    mutating func verbatim(_ lines: [String]) {
        text += ".PP\n.RS 4\n.nf\n"
        for words in lines { line(words) }
        text += ".fi\n.RE\n"
    }

    /// Paragraphs parted by blank lines; what is indented stays as it is.
    mutating func prose(_ words: String) {
        var quoted: [String] = []
        for line in words.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("  ") {
                quoted.append(String(line.dropFirst(2)))
                continue
            }
            if !quoted.isEmpty { verbatim(quoted) }
            quoted = []
            if !line.isEmpty { paragraph(line) }
        }
        if !quoted.isEmpty { verbatim(quoted) }
    }

    private mutating func line(_ words: String) {
        let escaped = Self.escaped(words)
        // At the beginning of a line these two would begin a request.
        text += (escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" : "") + escaped + "\n"
    }

    private static func escaped(_ words: String) -> String {
        words.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    }
}
