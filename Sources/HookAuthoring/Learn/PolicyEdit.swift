package import HookPolicy

/// Changes to the text of a policy's main file: lines are put in and statements replaced, and everything else, comments
/// and layout, stays as it is.
package struct PolicyEdit: Sendable {
    private let policy: Policy
    private let text: [UInt8]
    private var insertions: [Int: [[UInt8]]] = [:]
    private var replacements: [Replacement] = []

    private struct Replacement {
        let span: SourceSpan
        let line: [UInt8]
    }

    package init(_ policy: Policy) {
        self.policy = policy
        text = policy.sources.files[0].bytes
    }

    /// Whether a suggestion is about the main file. Other VMs may share the others.
    package static func canFollow(_ suggestion: Suggestion) -> Bool {
        switch suggestion.place {
        case .after(let file, _): file == 0
        case .replacing(let span): span.file == 0
        }
    }

    package mutating func follow(_ suggestion: Suggestion) {
        switch suggestion.place {
        case .after(_, let line):
            let indentation = suggestion.root == nil ? [] : indentation(above: line, of: suggestion)
            let whole = indentation + suggestion.line
            if insertions[line]?.contains(whole) != true { insertions[line, default: []].append(whole) }
        case .replacing(let span): replacements.append(Replacement(span: span, line: suggestion.line))
        }
    }

    /// The text with all changes.
    package var result: [UInt8] {
        let newline = UInt8(ascii: "\n")
        var result: [UInt8] = []
        var number = 0
        var lines = text.split(separator: newline, omittingEmptySubsequences: false)
        // What follows the last line feed is a line only if there is something.
        if lines.last?.isEmpty == true { lines.removeLast() }
        insert(after: 0, into: &result)
        for line in lines {
            number += 1
            result += replaced(line, number) + [newline]
            insert(after: number, into: &result)
        }
        return result
    }

    private func insert(after line: Int, into result: inout [UInt8]) {
        for statement in insertions[line] ?? [] { result += statement + [UInt8(ascii: "\n")] }
    }

    private func replaced(_ line: ArraySlice<UInt8>, _ number: Int) -> [UInt8] {
        var line = Array(line)
        for replacement in replacements where replacement.span.line == number {
            let start = replacement.span.column - 1
            line.replaceSubrange(start..<min(line.count, start + replacement.span.length), with: replacement.line)
        }
        return line
    }

    /// As the statement above it is indented; four blanks in an empty block.
    private func indentation(above line: Int, of suggestion: Suggestion) -> [UInt8] {
        guard let root = suggestion.root else { return [] }
        let file = policy.sources.files[0]
        for number in stride(from: line, to: policy.roots[root].span.line, by: -1) {
            let text = file.line(number)
            let blanks = text.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            if blanks.count < text.count { return Array(blanks) }
        }
        return Array("    ".utf8)
    }
}
