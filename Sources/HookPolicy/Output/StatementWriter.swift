/// Names that are alike but for one place: what stands before it, and behind it.
package struct NamePattern: Sendable, Hashable {
    /// What the names may have in the one place.
    package enum Gap: Sendable, Hashable {
        /// Anything but `/`, or nothing: `*`.
        case anything
        /// So many decimal digits: `[0-9]`.
        case digits(Int)
    }

    package let before: [UInt8]
    package let gap: Gap
    package let after: [UInt8]

    package init(before: [UInt8], gap: Gap, after: [UInt8]) {
        self.before = before
        self.gap = gap
        self.after = after
    }

    /// Whether an absolute name is one of them.
    package func matches(_ name: [UInt8]) -> Bool {
        guard name.count >= before.count + after.count, name.starts(with: before),
            name.suffix(after.count).elementsEqual(after)
        else { return false }
        let middle = name[before.count..<(name.count - after.count)]
        switch gap {
        case .anything: return !middle.contains(slash)
        case .digits(let count): return middle.count == count && middle.allSatisfy(isDigit)
        }
    }

    /// The wildcards of the one place.
    fileprivate var symbols: [Symbol] {
        switch gap {
        case .anything: [.bare(UInt8(ascii: "*"))]
        case .digits(let count): Array(repeating: Array("[0-9]".utf8).map(Symbol.bare), count: count).flatMap(\.self)
        }
    }
}

/// Statements that were asked for, rather than suggested.
extension Policy {
    /// An `allow` for names that are alike, in the root they lie in; nil if no pattern can say them.
    package func statement(allowing access: Access, _ pattern: NamePattern, creating: Bool) -> Suggestion? {
        let root = declaredRoot(of: pattern.before + [UInt8(ascii: "x")])
        let skipped = root.map { roots[$0].directory.prefix.count } ?? 0
        guard pattern.before.count >= max(1, skipped) else { return nil }
        let symbols =
            pattern.before.dropFirst(skipped).map(Symbol.literal) + pattern.symbols + pattern.after.map(Symbol.literal)
        var writer = WordWriter()
        let word = writer.pattern(symbols)
        guard writer.oddBytes.isEmpty else { return nil }
        return suggestion([Rule.Verb.allow.word, access.word], word, creating ? ["create"] : [], in: root)
    }

    /// A `deny` for one name.
    package func statement(denying access: Access, _ name: [UInt8]) -> Suggestion? {
        guard let path = AbsolutePath(name), path != .root else { return nil }
        let root = declaredRoot(of: name)
        let pattern = root.map { Array(path.bytes.dropFirst(roots[$0].directory.prefix.count)) } ?? path.bytes
        return suggestion([Rule.Verb.deny.word, access.word], WordWriter.word(pattern), [], in: root)
    }

    /// A rule that lets a name be removed, or given to another file; nil if no added line would do.
    package func statement(deleting name: [UInt8]) -> Suggestion? {
        switch decide(name.span, .writeOnly) {
        case .granted(let rule):
            return rules[rule].deletion == .allowed ? nil : extendingToDelete(rule, name)
        case .insufficient(let rule): return extendingToDelete(rule, name)
        case .unlisted, .learning:
            return statement(
                name, .readWrite, .opening, in: declaredRoot(of: name), clauses: [Array("delete".utf8)])
        case .denied, .tie: return nil
        }
    }

    private func suggestion(
        _ head: [String], _ pattern: [UInt8], _ clauses: [String], in root: Root.ID?
    ) -> Suggestion? {
        let words = head.map { Array($0.utf8) } + [pattern] + clauses.map { Array($0.utf8) }
        let line = Array(words.joined(separator: [blank]))
        guard line.count <= LineReader.longestLine else { return nil }
        return Suggestion(line: line, place: place(in: root), root: root)
    }
}
