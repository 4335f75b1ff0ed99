/// The page of `openhookd`, from what `openhookd --help` prints: options and their words stand there, and nowhere else.
///
/// The first line is the name and what it is. A line that is not indented and has a colon begins a part; an indented one
/// that begins with a dash is an option, with its meaning behind two blanks or more.
struct ServerPage {
    let text: String

    init(_ help: String) {
        var lines = help.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
        let (name, abstract) = Self.parted(lines.popFirst() ?? "")
        var page = ManualPage(name, section: 8, abstract: abstract)
        var hasOptions = false
        while let line = lines.popFirst() {
            if line.isEmpty { continue }
            if let (term, meaning) = Self.option(line) {
                if !hasOptions { page.heading("Options") }
                hasOptions = true
                page.term(term, ([meaning] + Self.takeContinuation(&lines, deeper: 20)).joined(separator: " "))
            } else if line.hasPrefix(" ") {
                page.verbatim([Self.trimmed(line)] + Self.takeContinuation(&lines, deeper: 2))
            } else {
                let (title, rest) = Self.parted(line)
                page.heading(title == "usage" ? "Synopsis" : title)
                let more = Self.takeText(&lines)
                let words = ([rest] + more).filter { !$0.isEmpty }
                if !words.isEmpty { page.paragraph(words.joined(separator: " ")) }
            }
        }
        page.heading("See also")
        page.paragraph("openhook(1)")
        text = page.text
    }

    /// What stands before the first colon, and behind it.
    private static func parted(_ line: String) -> (String, String) {
        guard let colon = line.firstIndex(of: ":") else { return (line, "") }
        return (String(line[..<colon]), trimmed(String(line[line.index(after: colon)...])))
    }

    private static func option(_ line: String) -> (term: String, meaning: String)? {
        let words = trimmed(line)
        guard line.hasPrefix("  "), words.hasPrefix("-") else { return nil }
        guard let gap = words.firstRange(of: "  ") else { return (words, "") }
        return (String(words[..<gap.lowerBound]), trimmed(String(words[gap.lowerBound...])))
    }

    /// The lines that follow and are indented at least so far.
    private static func takeContinuation(_ lines: inout ArraySlice<String>, deeper indentation: Int) -> [String] {
        var taken: [String] = []
        while let line = lines.first, line.prefix(while: { $0 == " " }).count >= indentation, option(line) == nil {
            taken.append(trimmed(line))
            lines.removeFirst()
        }
        return taken
    }

    /// The lines that follow up to a blank or an indented one.
    private static func takeText(_ lines: inout ArraySlice<String>) -> [String] {
        var taken: [String] = []
        while let line = lines.first, !line.isEmpty, !line.hasPrefix(" ") {
            taken.append(line)
            lines.removeFirst()
        }
        return taken
    }

    private static func trimmed(_ line: String) -> String {
        String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
