/// JSON objects, one a line, in a buffer that is used again and again.
struct JSONLineBuffer: Sendable {
    /// Whole lines.
    var bytes: [UInt8] = []

    /// A line that is longer is rare, and is written more than once.
    private static let usualRoom = 2048

    /// Appends one object, whose brace and fields `writeFields` writes. It is called again, with more room, until they
    /// fit.
    @inline(__always)
    mutating func appendObject(_ writeFields: (inout JSONLine) -> Void) {
        var room = Self.usualRoom
        let write = { (line: inout JSONLine) in
            writeFields(&line)
            line.write("}\n")
        }
        while !bytes.append(room: room, write) { room *= 2 }
    }
}
