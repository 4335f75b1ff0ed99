internal import HookPolicy

/// A policy as a person would write it down: settings, then what is granted, part by part, then what is not.
struct PolicyDocument {
    private(set) var text: [UInt8] = []

    // MARK: Lines

    mutating func add(_ line: String) { add(Array(line.utf8)) }

    mutating func add(_ line: [UInt8]) {
        text += line
        text.append(UInt8(ascii: "\n"))
    }

    /// One blank line, and none at the beginning.
    mutating func part() {
        let lineFeeds = Array("\n\n".utf8)
        if !text.isEmpty, !text.suffix(2).elementsEqual(lineFeeds) { add("") }
    }

    /// Comment lines, filled with words.
    mutating func comment(_ text: String, mark: String = "# ") {
        let indent = "#" + String(repeating: " ", count: max(1, mark.utf8.count - 1))
        var line = mark
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.unicodeScalars.count + word.unicodeScalars.count + 1 > PolicyDocument.width {
                add(line)
                (line, isEmpty) = (indent, true)
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        add(line)
    }

    /// How wide comments are, and rules with theirs, where names are not longer.
    private static let width = 118

    // MARK: Rules

    /// A line of a rule before it is laid out.
    struct Line {
        let head: [UInt8]
        let clauses: [UInt8]
        let comment: String
    }

    enum Indentation { case none, inBlock }

    /// Rules below each other, their clauses and comments in columns.
    mutating func add(_ lines: [Line], _ indentation: Indentation) {
        let column = lines.map(\.head.count).filter { $0 <= 60 }.max() ?? 0
        let second = lines.map(\.clauses.count).filter { $0 <= 40 }.max() ?? 0
        for line in lines {
            var row = indentation == .inBlock ? Array("    ".utf8) : []
            row += line.head
            let hasMore = !line.clauses.isEmpty || !line.comment.isEmpty
            if hasMore { row += Self.blanks(column - line.head.count) }
            if !line.clauses.isEmpty { row += Array(" ".utf8) + line.clauses }
            if !line.comment.isEmpty {
                // The blank before the clauses belongs to their column.
                let missing = line.clauses.isEmpty ? second + (second > 0 ? 1 : 0) : second - line.clauses.count
                row += Self.blanks(missing) + Array("  # \(line.comment)".utf8)
            }
            add(row)
        }
    }

    private static func blanks(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x20, count: max(0, count)) }
}

extension PolicyDocument.Line {
    /// - Parameter name: the word of the rule: absolute, or relative to its root.
    init(_ rule: PlannedRule, named name: [UInt8], label: [UInt8]?) {
        let blank = [UInt8(ascii: " ")]
        head = Array("allow \(rule.access.word) ".utf8) + WordWriter.word(name)
        clauses = Array(rule.clauses(label: label).joined(separator: blank))
        comment = rule.comment
    }

    init(_ snapshot: SnapshotRule) {
        head = Array("allow rw ".utf8) + snapshot.pattern
        clauses = Array("create limit \(SnapshotRule.limit)".utf8)
        comment = "snapshots"
    }
}
