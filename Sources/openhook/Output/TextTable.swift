/// Columns of text for people. The last column takes what room there is, and is broken into lines.
struct TextTable {
    private let heads: [String]
    private var rows: [[String]] = []

    init(_ heads: [String]) { self.heads = heads }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// With a line feed at the end.
    func text(on page: Page) -> String {
        let all = [heads] + rows
        let widths = heads.indices.dropLast().map { column in
            all.map { $0[column].unicodeScalars.count }.max() ?? 0
        }
        let lastWidth = max(20, page.columns - widths.reduce(0) { $0 + $1 + 2 })
        return all.map { line(of: $0, widths, lastWidth) }.joined()
    }

    private func line(of row: [String], _ widths: [Int], _ lastWidth: Int) -> String {
        var text = ""
        for (index, part) in Page.wrap(row.last ?? "", width: lastWidth).enumerated() {
            var line = ""
            for (column, width) in widths.enumerated() {
                let cell = index == 0 ? row[column] : ""
                line += cell + String(repeating: " ", count: width - cell.unicodeScalars.count + 2)
            }
            line += part
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }
}
