internal import HookLinux
internal import SystemPackage

/// The lines that are not written yet, and the file that they go to. It is used by one thread at a time.
struct JSONLinesWriter: ~Copyable, Sendable {
    private var file: AuditFile
    private var encoder: AuditRecordEncoder
    /// Monotonic nanoseconds. It is asked about refusals alone.
    private let clock: @Sendable () -> Int64
    /// Whole lines: deferred records, in their order.
    private var lines = JSONLineBuffer()
    /// The file ends in a part of a line, left by a write that failed: the next one begins with a newline.
    private var fileEndsInPartOfLine = false
    /// The last write failed. Nothing is deferred until one succeeds.
    private var isDown = false
    private var isClosed = false
    private var fold = RefusalFold()

    init(_ file: consuming AuditFile, _ encoder: AuditRecordEncoder, _ clock: @escaping @Sendable () -> Int64) {
        self.file = file
        self.encoder = encoder
        self.clock = clock
        lines.bytes.reserveCapacity(16 * 1024)
    }

    mutating func record(_ record: borrowing AuditRecord, _ urgency: AuditUrgency) throws(Errno) {
        guard !isClosed else { throw .badFileDescriptor }
        if fold.isOpen {
            let now = clock()
            if fold.absorb(record, now: now) { return }
            endFold()
        }
        let start = lines.bytes.count
        encoder.append(record, to: &lines)
        switch urgency {
        case .deferrable: try deferLine(from: start)
        case .beforeAnswer: try writeLine(from: start)
        }
        if record.result == .refused { fold.begin(record, now: clock()) }
    }

    /// What is deferred stays for the next attempt, also if this one fails.
    private mutating func deferLine(from start: Int) throws(Errno) {
        let isFull = lines.bytes.count > AuditLimits.mostDeferredBytes
        guard isDown || isFull else { return }
        let length = lines.bytes.count - start
        do {
            try writeLines()
        } catch {
            if isFull { lines.bytes.removeLast(length) }
            throw error
        }
    }

    /// A record that the answer waits for is dropped if it cannot be written: its request is refused, so what it says
    /// will not happen.
    private mutating func writeLine(from start: Int) throws(Errno) {
        let length = lines.bytes.count - start
        do {
            try writeLines()
        } catch {
            lines.bytes.removeLast(length)
            throw error
        }
    }

    /// Writes the count of folded refusals together with whatever is written next.
    private mutating func endFold() {
        guard let repeated = fold.end() else { return }
        encoder.append(repeated, to: &lines)
    }

    mutating func flush(now: Int64) {
        if fold.hasExpired(now) { endFold() }
        // A failure is remembered (isDown); the next record tries again and throws.
        try? writeLines()
    }

    mutating func reopen() throws(Errno) {
        guard !isClosed else { throw .badFileDescriptor }
        try? writeLines()
        finishLine()
        try file.reopen()
    }

    mutating func close() {
        guard !isClosed else { return }
        endFold()
        try? writeLines()
        finishLine()
        isClosed = true
    }

    /// Leaves the file to whoever writes there next with a whole line at its end, if that can be.
    private mutating func finishLine() {
        guard fileEndsInPartOfLine else { return }
        let newline: [UInt8] = [UInt8(ascii: "\n")]
        guard (try? file.write(newline.span)) != nil else { return }
        fileEndsInPartOfLine = false
    }

    /// Writes every line in one write. After a failure the lines that went out whole are forgotten, the others stay.
    private mutating func writeLines() throws(Errno) {
        guard !lines.bytes.isEmpty else { return }
        let repair = fileEndsInPartOfLine ? 1 : 0
        if repair == 1 { lines.bytes.insert(UInt8(ascii: "\n"), at: 0) }
        do {
            try file.write(lines.bytes.span)
        } catch {
            isDown = true
            keepUnwritten(after: error.written, repair)
            throw error.errno
        }
        lines.bytes.removeAll(keepingCapacity: true)
        fileEndsInPartOfLine = false
        isDown = false
    }

    private mutating func keepUnwritten(after written: Int, _ repair: Int) {
        guard written > 0 else {
            lines.bytes.removeFirst(repair)
            return
        }
        let whole = lines.bytes[..<written].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        fileEndsInPartOfLine = written > whole
        lines.bytes.removeFirst(whole)
    }
}
