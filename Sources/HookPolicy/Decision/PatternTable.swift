/// The patterns of a policy's rules in a few flat arrays.
struct PatternTable: Sendable {
    /// One pattern: where its parts are, and what a decision wants to know of its rule.
    struct Record: Sendable {
        let rule: UInt32
        let access: Access
        let verb: Rule.Verb
        /// How many bytes stand for themselves.
        let literalCount: UInt16
        let operationCount: UInt16
        let beginningStart: UInt32
        let beginningCount: UInt32
        let operationStart: UInt32
        let classStart: UInt32

        var isExact: Bool { operationCount == 0 }
        var ruleID: Rule.ID { Int(rule) }

        var beginning: Range<Int> { Int(beginningStart)..<Int(beginningStart) + Int(beginningCount) }
        var operations: Range<Int> { Int(operationStart)..<Int(operationStart) + Int(operationCount) }
    }

    private(set) var records: [Record] = []
    /// The literal beginnings, one behind the other.
    private(set) var bytes: [UInt8] = []
    private(set) var operations: [PatternOperation] = []
    private(set) var classes: [ByteClass] = []

    /// Adds a pattern of a rule, and returns its number.
    mutating func add(_ pattern: Pattern, rule: Rule.ID, verb: Rule.Verb, access: Access) -> Int {
        records.append(
            Record(
                rule: UInt32(clamping: rule), access: access, verb: verb,
                literalCount: UInt16(clamping: pattern.literalCount),
                operationCount: UInt16(clamping: pattern.operations.count),
                beginningStart: UInt32(clamping: bytes.count),
                beginningCount: UInt32(clamping: pattern.beginning.count),
                operationStart: UInt32(clamping: operations.count), classStart: UInt32(clamping: classes.count)))
        bytes += pattern.beginning
        operations += pattern.operations
        classes += pattern.classes
        return records.count - 1
    }

    /// The pattern as it was added.
    func pattern(_ number: Int) -> Pattern {
        let record = records[number]
        let classCount = operations[record.operations].count { operation in
            if case .byteClass = operation.kind { true } else { false }
        }
        return Pattern(
            beginning: Array(bytes[record.beginning]), operations: Array(operations[record.operations]),
            classes: Array(classes[Int(record.classStart)...].prefix(classCount)),
            literalCount: Int(record.literalCount))
    }

    /// The directory that holds every match of all these patterns; nil if there is no such one.
    func onlyDirectory(of patterns: Range<Int>) -> AbsolutePath? {
        var only: AbsolutePath?
        for number in patterns {
            let pattern = pattern(number)
            guard pattern.staysInDirectory else { return nil }
            let directory = pattern.literalDirectory
            guard only == nil || only == directory else { return nil }
            only = directory
        }
        return only
    }

    /// Whether a pattern matches a name.
    func matches(_ number: Int, _ name: borrowing Span<UInt8>, reach: MatchReach = .wholeName) -> Bool {
        let record = records[number]
        guard name.count >= record.beginning.count, begins(name, with: record.beginning) else { return false }
        return matchesRest(of: record, name, reach: reach)
    }

    /// Whether the name begins with the bytes of that range of ``bytes``. The name must not be shorter.
    func begins(_ name: borrowing Span<UInt8>, with range: Range<Int>) -> Bool {
        // All of them, without an early end: that becomes a comparison of many bytes at a time.
        let (beginning, sent) = (bytes.span.extracting(range), name.extracting(first: range.count))
        var difference: UInt8 = 0
        for index in sent.indices { difference |= sent[index] ^ beginning[index] }
        return difference == 0
    }
}
