/// The words of a command line that was written down: as the kernel keeps it, or for a shell.
package enum CommandLineWords {
    package enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case tooLong(limit: Int)
        case empty
        case unclosedQuote(line: Int)
        /// Something that only a shell can carry out.
        case shell(Unicode.Scalar, line: Int)

        package var description: String {
            switch self {
            case .tooLong(let limit): "the command line is longer than \(limit) bytes"
            case .empty: "there is no word in it"
            case .unclosedQuote(let line): "line \(line): a quote that is not closed"
            case .shell(let character, let line):
                "line \(line): `\(character)` asks for a shell, and none is run: give the words as they are, quoted, "
                    + "or /proc/PID/cmdline"
            }
        }
    }

    package static let longest = 4 << 20

    /// - Parameter bytes: words that each end with a NUL, as in `/proc/PID/cmdline`; without a NUL, quoted for a shell.
    package static func words(of bytes: [UInt8]) throws(Failure) -> [[UInt8]] {
        guard bytes.count <= longest else { throw .tooLong(limit: longest) }
        var words: [[UInt8]]
        if bytes.contains(0) {
            words = bytes.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
            if words.last == [] { words.removeLast() }
        } else {
            var lexer = ShellLexer(bytes: bytes)
            words = try lexer.words()
        }
        guard !words.isEmpty else { throw .empty }
        return words
    }
}

/// Quotes and backslashes as sh(1) has them, and nothing else of it.
private struct ShellLexer {
    let bytes: [UInt8]
    var index = 0
    var line = 1
    var word: [UInt8]?

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func words() throws(CommandLineWords.Failure) -> [[UInt8]] {
        var words: [[UInt8]] = []
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if let word { words.append(word) }
                word = nil
                advance()
            case UInt8(ascii: "'"): try readSingleQuotes()
            case UInt8(ascii: "\""): try readDoubleQuotes()
            case UInt8(ascii: "\\"): readEscape()
            case UInt8(ascii: "#") where word == nil: skipComment()
            default:
                guard !Array("$`;|&<>()*?~".utf8).contains(byte) || isPlain(byte) else {
                    throw .shell(Unicode.Scalar(byte), line: line)
                }
                append(byte)
            }
        }
        if let word { words.append(word) }
        return words
    }

    /// A tilde means a directory at the beginning of a word alone; the others always mean something.
    private func isPlain(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "~") && word != nil }

    private mutating func append(_ byte: UInt8) {
        word = (word ?? []) + [byte]
        advance()
    }

    private mutating func advance() {
        if bytes[index] == UInt8(ascii: "\n") { line += 1 }
        index += 1
    }

    private mutating func skipComment() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { advance() }
    }

    /// A backslash takes any meaning away; before a line feed it is nothing, and neither is the line feed.
    private mutating func readEscape() {
        advance()
        guard index < bytes.count else { return }
        if bytes[index] == UInt8(ascii: "\n") { return advance() }
        append(bytes[index])
    }

    private mutating func readSingleQuotes() throws(CommandLineWords.Failure) {
        let start = line
        word = word ?? []
        advance()
        while index < bytes.count, bytes[index] != UInt8(ascii: "'") { append(bytes[index]) }
        guard index < bytes.count else { throw .unclosedQuote(line: start) }
        advance()
    }

    private mutating func readDoubleQuotes() throws(CommandLineWords.Failure) {
        let start = line
        word = word ?? []
        advance()
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            switch bytes[index] {
            case UInt8(ascii: "$"), UInt8(ascii: "`"): throw .shell(Unicode.Scalar(bytes[index]), line: line)
            case UInt8(ascii: "\\"):
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0
                if Array("$`\"\\\n".utf8).contains(next) { readEscape() } else { append(bytes[index]) }
            default: append(bytes[index])
            }
        }
        guard index < bytes.count else { throw .unclosedQuote(line: start) }
        advance()
    }
}
