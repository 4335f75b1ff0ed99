/// Turns a word as written into what it stands for: quotes and escapes are resolved, variables replaced.
struct WordExpansion {
    private let word: Word
    private let variables: Variables
    private let bytes: [UInt8]
    private var offset = 0
    private var symbols: [Symbol] = []

    private init(_ word: Word, variables: Variables) {
        self.word = word
        self.variables = variables
        bytes = Array(word.bytes)
    }

    /// The symbols of a word: no more than a path has bytes.
    static func symbols(of word: Word, variables: Variables) throws(Diagnostic) -> [Symbol] {
        var expansion = WordExpansion(word, variables: variables)
        if word.isQuoted {
            try expansion.readQuoted()
        } else {
            try expansion.readBare()
        }
        return expansion.symbols
    }

    private mutating func readBare() throws(Diagnostic) {
        while offset < bytes.count {
            switch bytes[offset] {
            case backslash: try readBareEscape()
            case dollar: try readVariable(literalSpelling: "\\$")
            case let byte:
                try append(.bare(byte))
                offset += 1
            }
        }
    }

    private mutating func readQuoted() throws(Diagnostic) {
        offset = 1
        while offset < bytes.count - 1 {
            switch bytes[offset] {
            case backslash: try readQuotedEscape()
            case dollar: try readVariable(literalSpelling: "\\x24")
            case tab: throw error("a tab inside quotes is written `\\t`")
            case let byte:
                try append(.literal(byte))
                offset += 1
            }
        }
    }

    private mutating func readBareEscape() throws(Diagnostic) {
        guard offset + 1 < bytes.count else {
            throw error("a `\\` at the end of a word: it is written `\\\\`")
        }
        let byte = bytes[offset + 1]
        guard escapableBytes.contains(byte) else {
            throw error(
                "`\\\(escaped([byte]))` means nothing in a bare word: `\\` stands before `* ? [ ] { } # $ \\` or a blank",
                length: 2)
        }
        try append(.literal(byte))
        offset += 2
    }

    private mutating func readQuotedEscape() throws(Diagnostic) {
        // The closing quote is at the end, so there is a byte behind every backslash before it.
        var length = 2
        switch bytes[offset + 1] {
        case quote: try append(.literal(quote))
        case backslash: try append(.literal(backslash))
        case UInt8(ascii: "n"): try append(.literal(newline))
        case UInt8(ascii: "t"): try append(.literal(tab))
        case UInt8(ascii: "x"):
            try append(.literal(try hexadecimalByte()))
            length = 4
        case let byte:
            throw error(
                "`\\\(escaped([byte]))` means nothing in quotes: there are `\\\"`, `\\\\`, `\\n`, `\\t` and `\\xNN`",
                length: 2)
        }
        offset += length
    }

    private func hexadecimalByte() throws(Diagnostic) -> UInt8 {
        let digits = bytes[(offset + 2)...].prefix(2)
        guard digits.count == 2, digits.allSatisfy(isHexDigit), let byte = UInt8(escaped(digits), radix: 16) else {
            throw error("`\\x` is followed by two hexadecimal digits", length: 2)
        }
        guard byte != 0 else { throw error("no name has a NUL byte", length: 4) }
        return byte
    }

    private mutating func readVariable(literalSpelling: String) throws(Diagnostic) {
        guard offset + 1 < bytes.count, bytes[offset + 1] == UInt8(ascii: "{") else {
            throw error("a variable is written `${NAME}`, and the character itself `\(literalSpelling)`")
        }
        guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "}")) else {
            throw error("`${` has no closing `}`", length: 2)
        }
        let name = Array(bytes[offset + 2..<end])
        let length = end + 1 - offset
        if name.elementsEqual("level".utf8) {
            try append(.level)
        } else if let definition = variables[name] {
            try append(definition.value.map(Symbol.literal))
        } else {
            throw undefined(name, length: length)
        }
        offset += length
    }

    private func undefined(_ name: [UInt8], length: Int) -> Diagnostic {
        let shown = escaped(name)
        let span = word.span(at: offset, length: length)
        guard name != Array("vm".utf8), name != Array("uuid".utf8) else {
            return Diagnostic(.error, at: span, "`${\(shown)}` stands after the `\(shown)` statement")
        }
        let meant = closestWord(to: name, among: variables.names)
        return Diagnostic(
            .error, at: span, "the variable `\(shown)` is not defined before this line", suggestion: meant)
    }

    private mutating func append(_ symbol: Symbol) throws(Diagnostic) {
        try append(CollectionOfOne(symbol))
    }

    private mutating func append(_ more: some Collection<Symbol>) throws(Diagnostic) {
        guard symbols.count + more.count <= AbsolutePath.longest else {
            throw word.error("this word stands for more than \(AbsolutePath.longest) bytes")
        }
        symbols += more
    }

    private func error(_ message: String, length: Int = 1) -> Diagnostic {
        Diagnostic(.error, at: word.span(at: offset, length: length), message)
    }
}

func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"):
        true
    default: false
    }
}

private let dollar = UInt8(ascii: "$")
