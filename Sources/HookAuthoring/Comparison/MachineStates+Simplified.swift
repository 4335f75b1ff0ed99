import HookPolicy

extension MachineStates {
    /// Leaves out what makes no difference any more, so that fewer sets are different ones.
    ///
    /// From a `*` everything matches that matches from a place before it in its component, from a `**` what matches from
    /// any place before it. And a pattern that matches whatever follows takes the say from others for good.
    mutating func simplify(in machine: PatternMachine) {
        var outdone = Outdone()
        for state in places where machine.isSettled(at: Int(state)) {
            outdone.note(machine.patterns[Int(machine.places[Int(state)].pattern)])
        }
        var absorbed: Range<UInt32> = 0..<0
        keep { state in
            if absorbed.contains(state) { return false }
            let place = machine.places[Int(state)]
            if place.absorbsFrom < state { absorbed = place.absorbsFrom..<state }
            return !outdone.contains(machine.patterns[Int(place.pattern)], place)
        }
    }
}

/// The patterns that have no say any more, as others match for good.
private struct Outdone {
    /// One policy's patterns that match whatever follows, and matter most.
    private struct Settled {
        /// By access, the first `deny`: one behind it that denies no more does not matter.
        var denials: [Access: Rule.ID] = [:]
        /// The most specific `allow`: no less specific one decides.
        var allow: ComparedPattern?
        /// The same of `learn rw` and `learn ro`.
        var learn: ComparedPattern?
        var learnToRead: ComparedPattern?

        /// Whether nothing is granted whatever follows.
        var deniesAll: Bool {
            denials[.readWrite] != nil || denials[.readOnly] != nil && denials[.writeOnly] != nil
        }
    }

    private var old = Settled()
    private var new = Settled()
    private var isEmpty = true

    mutating func note(_ pattern: ComparedPattern) {
        isEmpty = false
        switch pattern.side {
        case .old: Self.note(pattern, &old)
        case .new: Self.note(pattern, &new)
        }
    }

    private static func note(_ pattern: ComparedPattern, _ settled: inout Settled) {
        switch pattern.verb {
        case .deny: settled.denials[pattern.access] = min(settled.denials[pattern.access] ?? .max, pattern.rule)
        case .allow: settled.allow = moreSpecific(settled.allow, pattern)
        case .learn:
            settled.learnToRead = moreSpecific(settled.learnToRead, pattern)
            if pattern.access == .readWrite { settled.learn = moreSpecific(settled.learn, pattern) }
        }
    }

    private static func moreSpecific(_ one: ComparedPattern?, _ other: ComparedPattern) -> ComparedPattern {
        guard let one, one.specificity >= other.specificity else { return other }
        return one
    }

    func contains(_ pattern: ComparedPattern, _ place: PatternPlace) -> Bool {
        if isEmpty { return false }
        let settled = pattern.side == .old ? old : new
        guard pattern.verb != .deny else {
            return settled.denials.contains { access, rule in
                access.covers(pattern.access)
                    && (rule < pattern.rule || rule == pattern.rule && place.expectation != .beneathDenied)
            }
        }
        if settled.deniesAll { return true }
        let isReading = pattern.access == .readOnly
        let winner = pattern.verb == .allow ? settled.allow : isReading ? settled.learnToRead : settled.learn
        guard let winner else { return false }
        return pattern.specificity < winner.specificity
    }
}
