/// Open flags in words, as a C program would write them: `O_RDWR|O_DIRECT`.
///
/// The text of the last flags is kept: a guest opens with the same ones again and again.
struct FlagTexts: Sendable {
    private let words: FlagFormatter
    private var flags: UInt32?
    private var text: [UInt8] = []

    init(_ words: @escaping FlagFormatter) { self.words = words }

    mutating func write(_ flags: UInt32, to line: inout JSONLine) {
        if flags != self.flags { format(flags) }
        line.write(text.span)
    }

    private mutating func format(_ flags: UInt32) {
        self.flags = flags
        text.removeAll(keepingCapacity: true)
        words(flags) { word in
            if !text.isEmpty { text.append(UInt8(ascii: "|")) }
            switch word {
            case .named(let name): text.append(contentsOf: name.utf8)
            case .unknownBits(let bits): text.append(contentsOf: "0x\(String(bits, radix: 16))".utf8)
            }
        }
    }
}
