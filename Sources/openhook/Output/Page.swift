import HookLinux

/// Where text for people goes, and how wide it is there.
struct Page {
    let columns: Int

    /// The terminal of standard output; 80 columns where it is none. `COLUMNS` has the last word.
    static var standard: Page {
        let wanted = ThisProcess.environment("COLUMNS").flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        return Page(columns: max(40, min(wanted ?? StandardOutput.columns ?? 80, 160)))
    }

    /// Fills lines of at most this width with words. A word that is longer stays whole, so that it can be copied.
    static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var count = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            let length = word.unicodeScalars.count
            if count > 0, count + 1 + length > width {
                lines.append(line)
                (line, count) = ("", 0)
            }
            if count > 0 { line += " " }
            count += (count > 0 ? 1 : 0) + length
            line += word
        }
        if count > 0 || lines.isEmpty { lines.append(line) }
        return lines
    }
}
