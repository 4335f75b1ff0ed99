package import HookLinux
package import SystemPackage

/// An audit trail in a file, read line by line as often as need be, in the same memory however long it is.
///
/// The trail may grow while it is read: what comes after the first reading began is not read.
package struct AuditLog: Sendable {
    private let path: SystemPath
    private let length: UInt64

    /// What one reading saw beside the entries.
    package struct Reading: Sendable {
        /// The audit records, whatever they are about.
        package internal(set) var records = 0
        package internal(set) var lines = 0
        /// The lines that are no audit records, and the first of them.
        package internal(set) var defects = 0
        package internal(set) var firstDefect: Int?
    }

    /// A record is shorter; what is longer is none.
    private static let longestLine = 1 << 20

    /// - Throws: `ESPIPE` for what cannot be read twice; errnos of `open(2)`.
    package init(_ path: SystemPath) throws(Errno) {
        let file = try ReadableFile(path)
        guard file.status.kind == .file else { throw file.status.kind == .directory ? .isDirectory : .illegalSeek }
        self.path = path
        length = file.status.size
    }

    /// Reads the file from its beginning. Records that are no answers are left out where that can be seen at once; what
    /// asked with `O_CREAT` for a file that was there is as if it had asked without.
    package func read(_ body: (AuditEntry) -> Void) throws(Errno) -> Reading {
        var reading = Reading()
        var known = KnownFlags()
        var creations = CreationTrace()
        try forEachLine { line in
            reading.lines += 1
            if line.isEmpty { return }
            if isMereDelivery(line) {
                reading.records += 1
                return
            }
            do throws(AuditEntry.Defect) {
                var entry = try AuditEntry(line: reading.lines, parsing: line, &known)
                reading.records += 1
                creations.settle(&entry)
                body(entry)
            } catch {
                reading.defects += 1
                reading.firstDefect = reading.firstDefect ?? reading.lines
            }
        }
        return reading
    }

    /// `handed-over` stands behind every grant. Inside of a string the quotes would be escaped, so these bytes are the
    /// record's own.
    private func isMereDelivery(_ line: borrowing Span<UInt8>) -> Bool {
        let mark = Self.deliveryMark
        var start = 0
        while start + mark.count <= min(line.count, 512) {
            var matched = 0
            while matched < mark.count, line[start + matched] == mark[matched] { matched += 1 }
            if matched == mark.count { return true }
            start += 1
        }
        return false
    }

    private static let deliveryMark = Array("\"event\":\"handed-over\"".utf8)

    private func forEachLine(_ body: (borrowing Span<UInt8>) -> Void) throws(Errno) {
        let file = try ReadableFile(path)
        var room = [UInt8](repeating: 0, count: 1 << 18)
        var line: [UInt8] = []
        var left = length
        while left > 0 {
            let count = Int(min(UInt64(try file.read(into: &room)), left))
            guard count > 0 else { break }
            left -= UInt64(count)
            var start = 0
            for index in 0..<count where room[index] == UInt8(ascii: "\n") {
                if line.isEmpty {
                    body(room.span.extracting(start..<index))
                } else {
                    append(room, start..<index, to: &line)
                    body(line.span)
                    line.removeAll(keepingCapacity: true)
                }
                start = index + 1
            }
            append(room, start..<count, to: &line)
        }
        if !line.isEmpty { body(line.span) }
    }

    /// What is too long to be a record is cut, and then is none.
    private func append(_ room: [UInt8], _ range: Range<Int>, to line: inout [UInt8]) {
        line += room[range].prefix(max(0, Self.longestLine - line.count))
    }
}
