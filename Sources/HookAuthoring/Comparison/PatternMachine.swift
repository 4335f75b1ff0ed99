import HookPolicy

/// All patterns of two policies as one nondeterministic machine over the bytes of names.
struct PatternMachine {
    private(set) var patterns: [ComparedPattern] = []
    /// Those of all patterns, one behind the other.
    private(set) var places: [PatternPlace] = []
    private(set) var classes: [ByteClass] = []
    /// Before the first byte.
    private(set) var start = MachineStates()

    init(_ old: Policy, _ new: Policy) {
        for (policy, side) in [(old, ComparedSide.old), (new, .new)] {
            for (id, rule) in policy.rules.enumerated() {
                let beneath = places.count
                for (number, pattern) in rule.absolutePatterns.enumerated() {
                    patterns.append(ComparedPattern(pattern, of: id, rule, side, beneath: beneath))
                    if rule.verb == .deny, number == 0 { add(.beneathDenied) }
                    add(pattern, of: rule.verb)
                }
            }
        }
        start.simplify(in: self)
    }

    private mutating func add(_ pattern: Pattern, of verb: Rule.Verb) {
        let first = places.count
        for byte in pattern.beginning { add(.literal, byte: byte) }
        for operation in pattern.operations {
            switch operation.kind {
            case .literal(let byte): add(.literal, byte: byte)
            case .anyByte: add(.anyByte)
            case .byteClass(let number): add(.byteClass, byteClass: index(of: pattern.classes[number]))
            case .anyInComponent: add(.anyInComponent)
            case .anyBytes: add(.anyBytes)
            case .anyDirectories: add(.anyDirectories)
            }
        }
        add(verb == .deny ? .endOfDenied : .end)
        enter(first, &start)
    }

    private mutating func add(_ expectation: PatternPlace.Expectation, byte: UInt8 = 0, byteClass: Int = 0) {
        places.append(
            PatternPlace(
                expectation: expectation, byte: byte, absorbsFrom: UInt32(clamping: absorbsFrom(expectation)),
                byteClass: UInt16(clamping: byteClass), pattern: UInt32(clamping: patterns.count - 1)))
    }

    private func absorbsFrom(_ expectation: PatternPlace.Expectation) -> Int {
        var first = places.count
        guard expectation == .anyInComponent || expectation == .anyBytes else { return first }
        while first > 0, Int(places[first - 1].pattern) == patterns.count - 1 {
            let before = places[first - 1]
            if before.expectation == .beneathDenied { break }
            let mayPassSlash =
                before.expectation == .anyBytes || before.expectation == .anyDirectories
                || before.expectation == .literal && before.byte == UInt8(ascii: "/")
            if mayPassSlash, expectation == .anyInComponent { break }
            first -= 1
        }
        return first
    }

    private mutating func index(of byteClass: ByteClass) -> Int {
        if let index = classes.firstIndex(of: byteClass) { return index }
        classes.append(byteClass)
        return classes.count - 1
    }

    /// Whether every name matches that goes on from a place.
    func isSettled(at place: Int) -> Bool {
        switch places[place].expectation {
        case .beneathDenied: true
        case .anyBytes: places[place + 1].matches
        default: false
        }
    }

    // MARK: Steps

    /// After one more byte.
    func advance(_ states: MachineStates, by byte: UInt8) -> MachineStates {
        var next = MachineStates()
        let isSlash = byte == UInt8(ascii: "/")
        for state in states.places {
            let index = Int(state)
            let place = places[index]
            switch place.expectation {
            case .literal: if byte == place.byte { enter(index + 1, &next) }
            case .anyByte: if !isSlash { enter(index + 1, &next) }
            case .byteClass: if classes[Int(place.byteClass)].contains(byte) { enter(index + 1, &next) }
            case .anyInComponent: if !isSlash { enter(index, &next) }
            case .anyBytes: enter(index, &next)
            case .anyDirectories:
                // What follows may begin after a `/` only.
                next.insert(index)
                if isSlash { enter(index + 1, &next) }
            case .end: break
            case .endOfDenied:
                let pattern = patterns[Int(place.pattern)]
                // Beneath `/` is everything.
                if isSlash || pattern.isExact && pattern.beginningCount == 1 { next.insert(pattern.beneath) }
            case .beneathDenied: next.insert(index)
            }
        }
        next.normalize()
        next.simplify(in: self)
        return next
    }

    /// Adds a place, and those that are reached from it without a byte.
    private func enter(_ place: Int, _ states: inout MachineStates) {
        var place = place
        while true {
            let isDenied = places[place].expectation == .anyBytes && places[place + 1].expectation == .endOfDenied
            states.insert(isDenied ? patterns[Int(places[place].pattern)].beneath : place)
            guard places[place].maySkip, !isDenied else { return }
            place += 1
        }
    }
}
