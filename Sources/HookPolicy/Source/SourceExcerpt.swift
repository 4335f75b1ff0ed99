/// A line of a policy with a caret below a place in it.
///
/// Control characters are escaped, a tab is one blank, and of a long line only what surrounds the place is shown, so
/// that the caret is always below what it means.
struct SourceExcerpt {
    /// Two lines.
    let text: String

    /// How many characters of a line are shown, and how many of them before the place.
    private static let width = 100
    private static let before = 60

    init(of line: ArraySlice<UInt8>, marking span: SourceSpan) {
        let start = Swift.max(0, span.column - 1)
        let skipped = start > SourceExcerpt.before ? start - SourceExcerpt.before : 0
        var shown = skipped > 0 ? "..." : ""
        var caret = String(repeating: " ", count: shown.count)
        var width = 0
        var offset = skipped
        var pieces = EscapedPieces(line.dropFirst(skipped))
        while let (text, byteCount) = pieces.next() {
            guard width < SourceExcerpt.width else {
                shown += "..."
                break
            }
            let visible = text == "\\x09" ? " " : text
            shown += visible
            let columns = visible.unicodeScalars.count
            if offset + byteCount <= start {
                caret += String(repeating: " ", count: columns)
            } else if offset <= start {
                caret += "^" + String(repeating: "~", count: columns - 1)
            } else if offset < start + span.length {
                caret += String(repeating: "~", count: columns)
            }
            offset += byteCount
            width += columns
        }
        if !caret.contains("^") { caret += "^" }
        self.text = "    \(shown)\n    \(caret)"
    }
}
