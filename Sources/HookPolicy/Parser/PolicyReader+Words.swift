/// Words that are names, paths, numbers and users.
extension PolicyReader {
    /// The symbols of a word, `${level}` refused.
    mutating func symbols(_ word: Word) throws(Diagnostic) -> [Symbol] {
        let symbols = try WordExpansion.symbols(of: word, variables: variables)
        charge(symbols.count, at: word.span)
        guard !symbols.contains(.level) else { throw word.error("`${level}` stands in `label` alone") }
        return symbols
    }

    /// The bytes of a word that is no pattern.
    mutating func bytes(_ word: Word, as what: String) throws(Diagnostic) -> [UInt8] {
        let symbols = try symbols(word)
        if let wildcard = symbols.first(where: \.isWildcard) {
            let character = escaped([wildcard.byte])
            throw word.error("\(what) has no wildcards: write `\\\(character)` for the character `\(character)`")
        }
        guard !symbols.isEmpty else { throw word.error("\(what) is empty") }
        return symbols.map(\.byte)
    }

    /// An absolute, clean name; a `/` at its end is dropped.
    mutating func path(_ word: Word, as what: String) throws(Diagnostic) -> AbsolutePath {
        var bytes = try bytes(word, as: what)
        if bytes.count > 1, bytes.last == slash { bytes.removeLast() }
        if let defect = AbsolutePath.defect(of: bytes) { throw word.error("\(what) \(defect.message)") }
        return AbsolutePath(unchecked: bytes)
    }

    /// A whole number from 1 to a million.
    func number(_ word: Word, as what: String) throws(Diagnostic) -> Int {
        let most = 1_000_000
        let isDecimal = word.bytes.count <= 7 && word.bytes.allSatisfy(isDigit)
        guard isDecimal, let number = Int(escaped(word.bytes)), (1...most).contains(number) else {
            throw word.error("\(what) is a number from 1 to \(most)")
        }
        return number
    }

    /// `USER` or `USER:GROUP`.
    mutating func userAndGroup(_ word: Word, as what: String) throws(Diagnostic) -> UserReference {
        let bytes = try bytes(word, as: what)
        let parts = bytes.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        let user = try account(parts[0], word, as: "a user")
        guard parts.count > 1 else { return UserReference(user: user, group: nil, span: word.span) }
        return UserReference(user: user, group: try account(parts[1], word, as: "a group"), span: word.span)
    }

    /// A user's or a group's name or number.
    func account(_ bytes: some Collection<UInt8>, _ word: Word, as what: String) throws(Diagnostic) -> [UInt8] {
        let name = Array(bytes)
        let isName = name.allSatisfy { $0 > blank && $0 != 0x7F && $0 != UInt8(ascii: ":") && $0 != slash }
        guard !name.isEmpty, name.count <= 256, isName, name[0] != UInt8(ascii: "-") else {
            throw word.error("`\(word.shown)` cannot be \(what): a name or a number is expected")
        }
        if name.allSatisfy(isDigit) {
            // The highest number means "no change" to chown(2) and its like.
            guard let id = UInt32(escaped(name)), id < .max else {
                throw word.error("`\(escaped(name))` is too high as the number of \(what)")
            }
        }
        return name
    }

    /// The name of a VM or a root: letters, digits, `.`, `_` and `-`, a letter or digit first, at most 64.
    mutating func name(_ word: Word, as what: String) throws(Diagnostic) -> [UInt8] {
        let bytes = try bytes(word, as: what)
        let isName = bytes.allSatisfy { isLetter($0) || isDigit($0) || Array("._-".utf8).contains($0) }
        guard bytes.count <= 64, isName, isLetter(bytes[0]) || isDigit(bytes[0]) else {
            throw word.error(
                "\(what) consists of letters, digits, `.`, `_` and `-`, begins with a letter or a digit, "
                    + "and has at most 64 of them")
        }
        return bytes
    }

    /// That a word is none of those it could be.
    func unknown(_ what: String, _ word: Word, oneOf words: [String]) -> Diagnostic {
        let list = words.map { "`\($0)`" }.joined(separator: ", ")
        let meant = closestWord(to: word.bytes, among: words)
        return word.error("unknown \(what) `\(word.shown)` (there is \(list))", suggestion: meant)
    }
}

func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: false
    }
}
