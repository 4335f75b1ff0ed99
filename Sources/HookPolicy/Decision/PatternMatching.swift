/// What counts as a match.
enum MatchReach {
    /// The whole name.
    case wholeName
    /// The whole name, or a directory that it lies in.
    case nameOrDirectory
}

extension PatternTable {
    /// Whether what follows the literal beginning matches; the name is known to begin with it.
    ///
    /// All ways to match are tried at the same time: a state is the number of the next operation, the set of states
    /// moves on with each byte of the name. So the cost is at most the pattern's length times the name's, whatever
    /// wildcards it has.
    func matchesRest(of record: Record, _ name: borrowing Span<UInt8>, reach: MatchReach) -> Bool {
        let end = Int(record.operationCount)
        var states = StateSet()
        if enter(0, of: record, &states) { return true }
        var position = Int(record.beginningCount)
        while true {
            let isAtEnd = position == name.count
            if states.contains(end), isAtEnd || (reach == .nameOrDirectory && name[position] == slash) { return true }
            guard !isAtEnd else { return false }
            var next = StateSet()
            if advance(states, by: name[position], of: record, into: &next) { return true }
            guard !next.isEmpty(upTo: end) else { return false }
            states = next
            position &+= 1
        }
    }

    /// Adds a state, and those that are reached from it without a byte. True if every rest of the name matches now.
    private func enter(_ state: Int, of record: Record, _ states: inout StateSet) -> Bool {
        let end = Int(record.operationCount)
        var state = state
        states.insert(state)
        while state < end {
            let operation = operations[Int(record.operationStart) &+ state]
            if state &+ 1 == end, operation.kind == .anyBytes { return true }
            guard operation.matchesNothing else { break }
            state &+= 1
            states.insert(state)
        }
        return false
    }

    /// Moves every state on by one byte. True if every rest of the name matches now.
    private func advance(_ states: StateSet, by byte: UInt8, of record: Record, into next: inout StateSet) -> Bool {
        let end = Int(record.operationCount)
        var state = states.first(from: 0, upTo: end)
        while state < end {
            var reached: Int?
            switch operations[Int(record.operationStart) &+ state].kind {
            case .literal(let literal): if byte == literal { reached = state &+ 1 }
            case .anyByte: if byte != slash { reached = state &+ 1 }
            case .byteClass(let number):
                if classes[Int(record.classStart) &+ number].contains(byte) { reached = state &+ 1 }
            case .anyInComponent: if byte != slash { reached = state }
            case .anyBytes: reached = state
            case .anyDirectories:
                // What follows may begin after a `/` only, so the state itself is kept without it.
                next.insert(state)
                if byte == slash { reached = state &+ 1 }
            }
            if let reached, enter(reached, of: record, &next) { return true }
            state = states.first(from: state &+ 1, upTo: end)
        }
        return false
    }
}

/// A set of states of one pattern, without memory of its own.
private struct StateSet {
    /// A pattern has at most 4,095 operations, and one state more.
    private var words = InlineArray<64, UInt64>(repeating: 0)

    mutating func insert(_ state: Int) {
        words[state &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: state & 63)
    }

    func contains(_ state: Int) -> Bool {
        words[state &>> 6] &>> UInt64(truncatingIfNeeded: state & 63) & 1 == 1
    }

    /// The lowest state from one on, or `end` if there is none below it.
    func first(from state: Int, upTo end: Int) -> Int {
        guard state < end else { return end }
        var index = state &>> 6
        var word = words[index] & ~0 &<< UInt64(truncatingIfNeeded: state & 63)
        while word == 0 {
            index &+= 1
            guard index &<< 6 < end else { return end }
            word = words[index]
        }
        return Swift.min(end, index &<< 6 &+ word.trailingZeroBitCount)
    }

    func isEmpty(upTo last: Int) -> Bool {
        for index in 0...last &>> 6 where words[index] != 0 { return false }
        return true
    }
}
