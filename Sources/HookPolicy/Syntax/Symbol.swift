/// One element of a word after escapes, quotes and variables have been resolved.
struct Symbol: Hashable, Sendable {
    private let code: UInt16

    private static let literalFlag: UInt16 = 0x100

    private init(code: UInt16) {
        self.code = code
    }

    /// A byte that may have a meaning: `*` is a wildcard.
    static func bare(_ byte: UInt8) -> Symbol { Symbol(code: UInt16(byte)) }

    /// A byte that stands for itself, whatever it is: it was quoted, escaped, or the value of a variable.
    static func literal(_ byte: UInt8) -> Symbol { Symbol(code: UInt16(byte) | literalFlag) }

    /// `${level}`.
    static let level = Symbol(code: 0x200)

    var byte: UInt8 { UInt8(truncatingIfNeeded: code) }

    /// Whether it is this byte with its meaning.
    func means(_ character: UnicodeScalar) -> Bool {
        code == UInt16(UInt8(ascii: character))
    }

    /// Whether it is a bare byte that means something in a pattern.
    var isWildcard: Bool {
        code < Symbol.literalFlag && wildcardBytes.contains(byte)
    }
}

/// The bytes that make a bare word a pattern.
let wildcardBytes = Array("*?[]{}".utf8)

/// The bytes that a backslash takes the meaning of away in a bare word.
let escapableBytes = Array("*?[]{}#$\\ ".utf8)
