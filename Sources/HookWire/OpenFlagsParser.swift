/// Why a text does not say open flags.
package enum OpenFlagsError: Error, Sendable, Equatable {
    /// Nothing, or nothing between two separators.
    case emptyWord
    /// A word that is neither a flag nor a number.
    case unknownWord(String)
    /// A number that does not fit 32 bits.
    case numberTooLarge(String)
    /// Two words, each of which says what the file is opened for.
    case secondAccess(String)
}

extension OpenFlagsError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .emptyWord:
            "an open flag is missing"
        case .unknownWord(let word):
            "unknown open flag '\(word)'; there are: rdonly, wronly, rdwr, \(Self.knownWords), and numbers"
        case .numberTooLarge(let word):
            "'\(word)' does not fit the 32 bits of open flags"
        case .secondAccess(let word):
            "'\(word)' is a second access beside the first; one of rdonly, wronly and rdwr is meant"
        }
    }

    private static var knownWords: String {
        OpenFlags.names.map { $0.word.dropFirst(2).lowercased() }.joined(separator: ", ")
    }
}

extension OpenFlags {
    /// Reads flags as people write them: `O_RDWR|O_DIRECT`, `rdwr,direct`, `0x4002`, `040002`, `0o40002`.
    ///
    /// Words are parted by `|` or `,`, with or without `O_`, in capitals or not; `ro`, `wo` and `rw` are understood too.
    /// A number may stand for any word, as in C: hexadecimal after `0x`, octal after `0o` or a mere 0, else decimal.
    package init(parsing text: String) throws(OpenFlagsError) {
        var flags: OpenFlags = []
        var hasAccess = false
        for part in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "|" || $0 == "," }) {
            let word = Self.trimmed(part)
            guard !word.isEmpty else { throw .emptyWord }
            if let access = Self.access(named: word) {
                guard !hasAccess else { throw .secondAccess(String(word)) }
                hasAccess = true
                flags.formUnion(OpenFlags(rawValue: access.rawValue))
            } else {
                flags.formUnion(try Self.flags(named: word))
            }
        }
        self = flags
    }

    private static func access(named word: Substring) -> Access? {
        switch bareName(word) {
        case "RDONLY", "RO": .readOnly
        case "WRONLY", "WO": .writeOnly
        case "RDWR", "RW": .readWrite
        default: nil
        }
    }

    private static func flags(named word: Substring) throws(OpenFlagsError) -> OpenFlags {
        if let first = word.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
            return try number(word)
        }
        let bare = bareName(word)
        for (name, flags) in names where name.dropFirst(2) == bare { return flags }
        throw .unknownWord(String(word))
    }

    private static func number(_ word: Substring) throws(OpenFlagsError) -> OpenFlags {
        let (digits, radix) =
            switch word.prefix(2).lowercased() {
            case "0x": (word.dropFirst(2), 16)
            case "0o": (word.dropFirst(2), 8)
            default: word.first == "0" ? (word, 8) : (word, 10)
            }
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && isDigit($0, radix) }) else {
            throw .unknownWord(String(word))
        }
        guard let value = UInt32(digits, radix: radix) else { throw .numberTooLarge(String(word)) }
        return OpenFlags(rawValue: value)
    }

    private static func isDigit(_ character: Character, _ radix: Int) -> Bool {
        character.hexDigitValue.map { $0 < radix } ?? false
    }

    private static func bareName(_ word: Substring) -> String {
        let name = word.uppercased()
        return name.hasPrefix("O_") ? String(name.dropFirst(2)) : name
    }

    private static func trimmed(_ part: Substring) -> Substring {
        var word = part
        while word.first == " " { word.removeFirst() }
        while word.last == " " { word.removeLast() }
        return word
    }
}
