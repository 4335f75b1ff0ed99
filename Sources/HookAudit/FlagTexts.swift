/// Names the open flags of a request: calls its second parameter with each word, in the order to be written.
///
/// The words belong to the wire protocol, which this module does not know. None of them needs an escape.
package typealias FlagWords = @Sendable (_ flags: UInt32, _ body: (String) -> Void) -> Void

/// Open flags in words, as a C program would write them: `O_RDWR|O_DIRECT`.
///
/// The text of the last flags is kept: a guest opens with the same ones again and again.
struct FlagTexts: Sendable {
    private let words: FlagWords
    private var flags: UInt32?
    private var text: [UInt8] = []

    init(_ words: @escaping FlagWords) { self.words = words }

    mutating func write(_ flags: UInt32, to line: inout JSONLine) {
        if flags != self.flags { format(flags) }
        line.write(text.span)
    }

    private mutating func format(_ flags: UInt32) {
        self.flags = flags
        text.removeAll(keepingCapacity: true)
        words(flags) { word in
            if !text.isEmpty { text.append(UInt8(ascii: "|")) }
            text.append(contentsOf: word.utf8)
        }
    }
}
