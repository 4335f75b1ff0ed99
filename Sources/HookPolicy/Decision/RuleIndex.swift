/// The rules of one verb, found by a name.
///
/// Exact names are one lookup; patterns are reached by their literal beginning. So a name is compared with those
/// patterns alone whose beginning it begins with, however many others there are.
struct RuleIndex: Sendable {
    private let exact: BeginningTable
    private let wild: BeginningTable

    init(of verb: Rule.Verb, in table: PatternTable, point: UInt64) {
        let numbers = table.records.indices.filter { table.records[$0].verb == verb }
        exact = BeginningTable(of: numbers.filter { table.records[$0].isExact }, in: table, point: point) {
            $0.rule < $1.rule
        }
        wild = BeginningTable(of: numbers.filter { !table.records[$0].isExact }, in: table, point: point) {
            ($1.literalCount, $0.rule) < ($0.literalCount, $1.rule)
        }
    }

    var isEmpty: Bool { exact.isEmpty && wild.isEmpty }

    // MARK: The most specific match

    /// The rules that decide about a name.
    enum Decider: Equatable {
        case none
        case one(Rule.ID)
        case tie(Rule.ID, Rule.ID)
    }

    /// The most specific rule that matches a name; more than one if they are equally specific.
    ///
    /// An exact name comes before a pattern, then the longer literal beginning decides, then more literal bytes.
    /// With an access, only rules count that cover it, and of equally specific ones the first stands for all.
    func mostSpecific(for name: borrowing Span<UInt8>, covering access: Access? = nil, in table: PatternTable)
        -> Decider
    {
        if !exact.isEmpty {
            let found = exact.find(name, length: name.count, hash: exact.hash(of: name), in: table)
            let decider = best(of: found, in: exact, name, covering: access, table)
            if decider != .none { return decider }
        }
        guard !wild.isEmpty else { return .none }
        var decider = Decider.none
        var walk = wild.walk()
        while let candidates = walk.next(name, in: wild, of: table) {
            let longer = best(of: candidates, in: wild, name, covering: access, table)
            if longer != .none { decider = longer }
        }
        return decider
    }

    /// The most specific match among patterns with the same beginning, which stand in the order of their literal bytes.
    private func best(
        of candidates: Range<Int>, in beginnings: BeginningTable, _ name: borrowing Span<UInt8>,
        covering access: Access?, _ table: PatternTable
    ) -> Decider {
        var found: PatternTable.Record?
        for index in candidates {
            let record = table.records[Int(beginnings.members[index])]
            if let found {
                guard record.literalCount == found.literalCount else { break }
                guard record.rule != found.rule else { continue }
            }
            if let access, !record.access.covers(access) { continue }
            guard record.isExact || table.matchesRest(of: record, name, reach: .wholeName) else { continue }
            guard let first = found else {
                guard access == nil else { return .one(record.ruleID) }
                found = record
                continue
            }
            return .tie(first.ruleID, record.ruleID)
        }
        return found.map { .one($0.ruleID) } ?? .none
    }

    // MARK: Denials

    /// The first rule that overlaps an access and matches a name or a directory that the name lies in.
    func firstDenying(_ name: borrowing Span<UInt8>, _ access: Access, in table: PatternTable) -> Rule.ID? {
        var first: UInt32?
        if !exact.isEmpty {
            var walk = exact.walk()
            while let candidates = walk.next(name, in: exact, of: table) {
                guard isDirectoryOrName(name, length: walk.length) else { continue }
                for index in candidates {
                    let record = table.records[Int(exact.members[index])]
                    if record.access.overlaps(access) { first = Swift.min(first ?? record.rule, record.rule) }
                }
            }
        }
        guard !wild.isEmpty else { return first.map(Int.init) }
        var walk = wild.walk()
        while let candidates = walk.next(name, in: wild, of: table) {
            for index in candidates {
                let record = table.records[Int(wild.members[index])]
                guard record.access.overlaps(access), record.rule < first ?? .max else { continue }
                if table.matchesRest(of: record, name, reach: .nameOrDirectory) { first = record.rule }
            }
        }
        return first.map(Int.init)
    }

    /// Whether the first bytes of a name are the name, or a directory that it lies in.
    private func isDirectoryOrName(_ name: borrowing Span<UInt8>, length: Int) -> Bool {
        length == name.count || name[length] == slash || length == 1
    }

    // MARK: What a name is compared with

    /// How many patterns with wildcards a name is compared with at most. It is for tests of the structure.
    func candidateCount(for name: borrowing Span<UInt8>, in table: PatternTable) -> Int {
        var count = 0
        var walk = wild.walk()
        while let candidates = walk.next(name, in: wild, of: table) { count += candidates.count }
        return count
    }

    /// The patterns whose literal beginning some bytes begin with, shorter ones first, exact ones at the end.
    ///
    /// With `.nameOrDirectory`, exact names of directories among the bytes count as well.
    func candidates(for bytes: [UInt8], reach: MatchReach, in table: PatternTable) -> [Int] {
        var numbers: [Int] = []
        var walk = wild.walk()
        while let found = walk.next(bytes.span, in: wild, of: table) { numbers += wild.members[found].map(Int.init) }
        walk = exact.walk()
        while let found = walk.next(bytes.span, in: exact, of: table) {
            let isReached =
                reach == .wholeName
                ? walk.length == bytes.count : isDirectoryOrName(bytes.span, length: walk.length)
            if isReached { numbers += exact.members[found].map(Int.init) }
        }
        return numbers
    }
}
