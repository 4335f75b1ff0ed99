/// How two patterns relate to each other, whatever name comes.
///
/// The answers are for warnings: ``covers(_:reach:)`` may miss a case, and ``overlaps(_:)`` may see one that needs an
/// unclean name.
extension Pattern {
    /// Whether it matches every name that another pattern matches, or a directory that each of them lies in.
    ///
    /// The other one is read as if it were a name with wildcards in it, and a wildcard is matched as a whole.
    func covers(_ other: Pattern, reach: MatchReach) -> Bool {
        guard other.beginning.starts(with: beginning) else { return false }
        let letters = other.expanded(from: beginning.count)
        var states = Set(closure(of: 0))
        for letter in letters.operations {
            if reach == .nameOrDirectory, states.contains(operations.count), letter.kind == .literal(slash) {
                return true
            }
            var next: Set<Int> = []
            for state in states where state < operations.count {
                next.formUnion(targets(after: letter.kind, of: letters, from: state))
            }
            if next.isEmpty { return false }
            states = next
        }
        return states.contains(operations.count)
    }

    /// Whether some name may match both. One of the beginnings begins with the other.
    func overlaps(_ other: Pattern) -> Bool {
        let common = Swift.min(beginning.count, other.beginning.count)
        guard beginning.prefix(common).elementsEqual(other.beginning.prefix(common)) else { return false }
        return PatternProduct(expanded(from: common), other.expanded(from: common)).isPossible
    }

    /// The same pattern with only so many bytes as its beginning, and the rest of it as operations.
    private func expanded(from count: Int) -> Pattern {
        var expanded = self
        expanded.beginning = Array(beginning.prefix(count))
        expanded.operations = beginning.dropFirst(count).map { PatternOperation(.literal($0)) } + operations
        return expanded
    }

    /// A state, and those that are reached from it without a byte.
    fileprivate func closure(of state: Int) -> ClosedRange<Int> {
        var last = state
        while last < operations.count, operations[last].matchesNothing { last += 1 }
        return state...last
    }

    /// Where a state leads when an element of another pattern has been matched by this one's operation alone.
    private func targets(
        after letter: PatternOperation.Kind, of other: Pattern, from state: Int
    ) -> ClosedRange<Int>.SubSequence {
        let stay = closure(of: state)[...]
        let move = closure(of: state + 1)[...]
        let none = stay.prefix(0)
        switch (operations[state].kind, letter) {
        case (.anyBytes, _): return stay
        case (.anyDirectories, .literal(slash)), (.anyDirectories, .anyDirectories): return stay
        case (.anyDirectories, _): return stay.prefix(1)
        case (_, .anyBytes), (_, .anyDirectories): return none
        case (.anyInComponent, .literal(slash)): return none
        case (.anyInComponent, _): return stay
        case (_, .anyInComponent): return none
        case (let own, _):
            guard let mine = bytes(of: own), let theirs = other.bytes(of: letter) else {
                return own == letter ? move : none
            }
            return theirs.isSubset(of: mine) ? move : none
        }
    }

    /// The bytes that one operation matches; nil for `/` and for what matches more than one byte.
    private func bytes(of operation: PatternOperation.Kind) -> ByteClass? {
        switch operation {
        case .literal(slash): nil
        case .literal(let byte): ByteClass(byte)
        case .anyByte: .allButSlash
        case .byteClass(let number): classes[number]
        case .anyInComponent, .anyBytes, .anyDirectories: nil
        }
    }

    /// A way on from a state: by one of these bytes, to these states.
    fileprivate struct Move {
        let bytes: ByteClass
        let slash: Bool
        let states: ClosedRange<Int>
    }

    fileprivate func moves(from state: Int) -> [Move] {
        guard state < operations.count else { return [] }
        let kind = operations[state].kind
        let next = closure(of: state + 1)
        switch kind {
        case .literal(let byte):
            return [Move(bytes: ByteClass(byte), slash: byte == HookPolicy.slash, states: next)]
        case .anyByte: return [Move(bytes: .allButSlash, slash: false, states: next)]
        case .byteClass(let number): return [Move(bytes: classes[number], slash: false, states: next)]
        case .anyInComponent: return [Move(bytes: .allButSlash, slash: false, states: closure(of: state))]
        case .anyBytes: return [Move(bytes: .allButSlash, slash: true, states: closure(of: state))]
        case .anyDirectories:
            return [
                Move(bytes: .allButSlash, slash: true, states: state...state),
                Move(bytes: ByteClass(), slash: true, states: next),
            ]
        }
    }
}

/// Two patterns read side by side.
private struct PatternProduct {
    private let left: Pattern
    private let right: Pattern

    init(_ left: Pattern, _ right: Pattern) {
        self.left = left
        self.right = right
    }

    /// Whether there is a name that leads both to their ends.
    var isPossible: Bool {
        let width = right.operations.count + 1
        var seen = [Bool](repeating: false, count: (left.operations.count + 1) * width)
        var open: [(Int, Int)] = []
        func reach(_ lefts: ClosedRange<Int>, _ rights: ClosedRange<Int>) {
            for first in lefts {
                for second in rights where !seen[first * width + second] {
                    seen[first * width + second] = true
                    open.append((first, second))
                }
            }
        }
        reach(left.closure(of: 0), right.closure(of: 0))
        while let (first, second) = open.popLast() {
            for move in left.moves(from: first) {
                for other in right.moves(from: second) {
                    let isShared = move.slash && other.slash || !move.bytes.isDisjoint(with: other.bytes)
                    if isShared { reach(move.states, other.states) }
                }
            }
        }
        return seen.last == true
    }
}
