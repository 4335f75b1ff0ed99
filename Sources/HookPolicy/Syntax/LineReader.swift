/// Parts a file into lines, and checks the bytes of each.
struct LineReader {
    private let bytes: [UInt8]
    private let file: Int
    private var index = 0
    private var number = 0
    /// A file from another system has a CR in every line; it is said once.
    private var hasSeenLineEndCR = false

    static let longestLine = 8 << 10

    init(bytes: [UInt8], file: Int) {
        self.bytes = bytes
        self.file = file
    }

    /// A line without its end, and where it begins. `error` says why its words cannot be trusted.
    struct Line {
        var bytes: ArraySlice<UInt8>
        let start: SourceSpan
        var error: Diagnostic?
        /// Whether the words can be read in spite of the error.
        var isReadable = true
    }

    mutating func next() -> Line? {
        guard index < bytes.count else { return nil }
        let end = bytes[index...].firstIndex(of: newline) ?? bytes.endIndex
        number += 1
        let start = SourceSpan(file: file, line: number, column: 1, length: 1)
        var line = Line(bytes: bytes[index..<end], start: start)
        index = end + 1
        guard line.bytes.count <= LineReader.longestLine else {
            line.error = Diagnostic(
                .error, at: start, "a line is at most 8 KiB long, this one has \(line.bytes.count) bytes")
            line.isReadable = false
            return line
        }
        if line.bytes.last == carriageReturn { dropCarriageReturn(from: &line) }
        if let position = line.bytes.firstIndex(where: isForbidden) {
            line.error = error(at: position, in: line)
            line.isReadable = false
        }
        return line
    }

    private mutating func dropCarriageReturn(from line: inout Line) {
        line.bytes.removeLast()
        guard !hasSeenLineEndCR else { return }
        hasSeenLineEndCR = true
        line.error = Diagnostic(
            .error, at: SourceSpan(file: file, line: number, column: line.bytes.count + 1, length: 1),
            "a carriage return ends this line: lines end with a line feed alone (said once for the file)")
    }

    private func error(at position: Int, in line: Line) -> Diagnostic {
        let name =
            switch bytes[position] {
            case 0: "a NUL byte"
            case carriageReturn: "a carriage return"
            case let byte: "the control character \\x\(hexDigits(byte))"
            }
        let span = SourceSpan(file: file, line: number, column: position - line.bytes.startIndex + 1, length: 1)
        return Diagnostic(.error, at: span, "\(name) cannot stand in a policy")
    }

    private func isForbidden(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != tab || byte == 0x7F
    }
}

private let carriageReturn = UInt8(ascii: "\r")
