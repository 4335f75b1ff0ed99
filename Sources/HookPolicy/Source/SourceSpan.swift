/// A place in a policy's text: some bytes of one line.
package struct SourceSpan: Sendable, Hashable {
    private let fileNumber: UInt32
    private let lineNumber: UInt32
    private let columnNumber: UInt16
    private let byteCount: UInt16

    /// The index of the file in the policy's ``SourceMap``.
    package var file: Int { Int(fileNumber) }
    /// The line, from 1.
    package var line: Int { Int(lineNumber) }
    /// The column, from 1, counted in bytes.
    package var column: Int { Int(columnNumber) }
    /// How many bytes of the line.
    package var length: Int { Int(byteCount) }

    /// A line is at most 8 KiB long, so what does not fit is at the end of a line that is an error anyway.
    package init(file: Int, line: Int, column: Int, length: Int) {
        fileNumber = UInt32(clamping: file)
        lineNumber = UInt32(clamping: line)
        columnNumber = UInt16(clamping: column)
        byteCount = UInt16(clamping: length)
    }

    /// From the beginning of this place to the end of another one of the same line.
    package func through(_ last: SourceSpan) -> SourceSpan {
        SourceSpan(file: file, line: line, column: column, length: last.column + last.length - column)
    }
}

extension SourceSpan: Comparable {
    /// In the order in which the text is read.
    package static func < (left: SourceSpan, right: SourceSpan) -> Bool {
        (left.fileNumber, left.lineNumber, left.columnNumber) < (right.fileNumber, right.lineNumber, right.columnNumber)
    }
}
