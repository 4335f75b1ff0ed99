/// One file of a policy: its name as it was given, and its bytes.
package struct SourceFile: Sendable {
    package let name: [UInt8]
    package let bytes: [UInt8]

    /// Where every 64th line begins, so that a line is found without reading the file from its beginning.
    private let landmarks: [Int]
    private static let stride = 64
    /// How many lines there are; what follows the last line feed is one if it is not empty.
    package let lineCount: Int

    package init(name: [UInt8], bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        var landmarks = [0]
        var lines = 0
        for index in bytes.indices where bytes[index] == newline {
            lines += 1
            if lines.isMultiple(of: SourceFile.stride) { landmarks.append(index + 1) }
        }
        self.landmarks = landmarks
        lineCount = bytes.isEmpty || bytes.last == newline ? lines : lines + 1
    }

    /// The name, fit to be shown.
    package var displayName: String { escaped(name) }

    /// The bytes of a line, from 1, without its end; none if the file has no such line.
    package func line(_ number: Int) -> ArraySlice<UInt8> {
        guard number >= 1, (number - 1) / SourceFile.stride < landmarks.count else { return [] }
        var start = landmarks[(number - 1) / SourceFile.stride]
        for _ in 0..<(number - 1) % SourceFile.stride {
            guard let end = bytes[start...].firstIndex(of: newline) else { return [] }
            start = end + 1
        }
        let end = bytes[start...].firstIndex(of: newline) ?? bytes.endIndex
        return bytes[start..<end]
    }
}

extension SourceFile: CustomStringConvertible {
    package var description: String { displayName }
}

/// The files that a policy was read from, the main one first, each include where it was met.
package struct SourceMap: Sendable {
    package private(set) var files: [SourceFile]

    package init(files: [SourceFile] = []) {
        self.files = files
    }

    mutating func add(_ file: SourceFile) -> Int {
        files.append(file)
        return files.count - 1
    }

    /// `file:line`, as reasons and audit records name a statement.
    package func describe(_ span: SourceSpan) -> String {
        "\(displayName(ofFile: span.file)):\(span.line)"
    }

    /// The name of a file, fit to be shown.
    func displayName(ofFile file: Int) -> String {
        files.indices.contains(file) ? files[file].displayName : "?"
    }

    /// The whole line that a place is in.
    func line(of span: SourceSpan) -> ArraySlice<UInt8> {
        files.indices.contains(span.file) ? files[span.file].line(span.line) : []
    }

    /// The bytes of a place.
    package func bytes(of span: SourceSpan) -> ArraySlice<UInt8> {
        line(of: span).dropFirst(span.column - 1).prefix(span.length)
    }
}

let newline = UInt8(ascii: "\n")
