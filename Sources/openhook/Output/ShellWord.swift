import HookPolicy

/// A word as bash takes it, to be copied: the same bytes again.
enum ShellWord {
    static func quoted(_ bytes: [UInt8]) -> String {
        if !bytes.isEmpty, bytes.allSatisfy(isPlain) { return String(decoding: bytes, as: UTF8.self) }
        let text = escaped(bytes)
        guard text.utf8.elementsEqual(bytes) else { return "$'" + bytes.map(ansi).joined() + "'" }
        return "'" + text.replacing("'", with: "'\\''") + "'"
    }

    /// Whether a byte means itself outside of quotes.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "-_./,:=+@%".utf8.contains(byte)
        }
    }

    /// A byte inside of `$'…'`.
    private static func ansi(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
        default: escaped([byte])
        }
    }
}
