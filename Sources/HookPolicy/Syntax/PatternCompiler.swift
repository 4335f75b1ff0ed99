/// Compiles a word without alternatives to an absolute pattern.
struct PatternCompiler {
    private var pattern: Pattern
    private var rest: ArraySlice<Symbol>
    /// Whether what was read last is a `/`.
    private var isBehindSlash: Bool

    /// The pattern of a word.
    ///
    /// - Parameter directory: the root that the word is relative to; nil: the word is absolute.
    static func pattern(_ word: [Symbol], in directory: AbsolutePath?) throws(PatternDefect) -> Pattern {
        let word = try cleaned(word, isAbsolute: directory == nil)
        var compiler = PatternCompiler(word, prefix: directory?.prefix ?? [])
        try compiler.compile()
        return compiler.pattern
    }

    private init(_ word: ArraySlice<Symbol>, prefix: [UInt8]) {
        pattern = Pattern(beginning: prefix, literalCount: prefix.count)
        rest = word
        isBehindSlash = !prefix.isEmpty
    }

    // MARK: Components

    /// The word without a `/` at its end; its components are neither empty nor `.` or `..`.
    private static func cleaned(_ word: [Symbol], isAbsolute: Bool) throws(PatternDefect) -> ArraySlice<Symbol> {
        guard let first = word.first else { throw PatternDefect("an empty pattern matches nothing") }
        guard (first.byte == slash) == isAbsolute else {
            throw PatternDefect(
                isAbsolute
                    ? "outside a root a pattern is an absolute path: it begins with `/`"
                    : "inside a root a pattern is relative to the root's directory: it does not begin with `/`")
        }
        if isAbsolute, word.count == 1 { return word[...] }
        let name = word.last?.byte == slash ? word.dropLast() : word[...]
        for component in name.dropFirst(isAbsolute ? 1 : 0).split(
            omittingEmptySubsequences: false, whereSeparator: { $0.byte == slash })
        {
            guard !component.contains(where: \.isWildcard) else { continue }
            if let defect = PathDefect(component: component.map(\.byte)) {
                throw PatternDefect("a pattern \(defect.message)")
            }
        }
        return name
    }

    // MARK: Operations

    private mutating func compile() throws(PatternDefect) {
        while let symbol = rest.popFirst() {
            if symbol.means("*") {
                try appendStars()
            } else if symbol.means("?") {
                append(.anyByte)
            } else if symbol.means("[") {
                let bytes = try readClass()
                append(.byteClass(pattern.classes.count))
                pattern.classes.append(bytes)
            } else if symbol.means("]") {
                throw PatternDefect("`]` without `[`: write `\\]` for the character")
            } else {
                appendLiteral(symbol.byte)
            }
        }
        guard pattern.beginning.count + pattern.operations.count <= AbsolutePath.longest else {
            throw PatternDefect("the absolute pattern is longer than any path: \(AbsolutePath.longest) bytes")
        }
    }

    private mutating func appendStars() throws(PatternDefect) {
        guard rest.first?.means("*") == true else { return append(.anyInComponent) }
        rest.removeFirst()
        guard rest.first?.means("*") != true else {
            throw PatternDefect("`***` is no wildcard: `*` does not cross `/`, `**` does")
        }
        guard isBehindSlash, rest.first?.byte == slash else { return append(.anyBytes) }
        // `/**/`: the second `/` is there only if the wildcard stands for something.
        rest.removeFirst()
        pattern.literalCount += 1
        if pattern.operations.last?.kind != .anyDirectories { append(.anyDirectories) }
        isBehindSlash = true
    }

    private mutating func append(_ kind: PatternOperation.Kind) {
        pattern.operations.append(PatternOperation(kind))
        isBehindSlash = false
    }

    private mutating func appendLiteral(_ byte: UInt8) {
        if pattern.isExact {
            pattern.beginning.append(byte)
        } else {
            append(.literal(byte))
        }
        pattern.literalCount += 1
        isBehindSlash = byte == slash
    }

    // MARK: Classes

    /// Reads a class behind its `[`, and the `]`.
    private mutating func readClass() throws(PatternDefect) -> ByteClass {
        guard let end = rest.firstIndex(where: { $0.means("]") }) else {
            throw PatternDefect("`[` without `]`: write `\\[` for the character")
        }
        var members = rest[..<end]
        rest = rest[(end + 1)...]
        let isNegated = members.first?.means("!") == true
        if isNegated { members.removeFirst() }
        guard let first = members.first else { throw PatternDefect("`[]` matches nothing: a class names bytes") }
        guard !first.means("^") else {
            throw PatternDefect("`[^...]`: the bytes that a class does not match are written `[!...]`")
        }

        var bytes = ByteClass()
        while let low = members.popFirst() {
            guard !low.means("[") else { throw PatternDefect("`[` inside `[...]`: write `\\[` for the character") }
            guard low.byte != slash else { throw PatternDefect("`/` inside `[...]`: a class never matches it") }
            guard members.count > 1, members.first?.means("-") == true else {
                bytes.insert(low.byte)
                continue
            }
            members.removeFirst()
            let high = members.removeFirst()
            guard !high.means("["), high.byte != slash, low.byte <= high.byte else {
                throw PatternDefect("`\(escaped([low.byte, UInt8(ascii: "-"), high.byte]))` is no range of bytes")
            }
            for byte in low.byte...high.byte { bytes.insert(byte) }
        }
        let result = isNegated ? bytes.complement : bytes
        guard !result.isEmpty else { throw PatternDefect("`[...]` matches nothing") }
        return result
    }
}
