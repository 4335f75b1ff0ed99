import HookPolicy

/// One pattern as a program over a whole name: its literal beginning is operations, too.
struct PatternProgram {
    /// Which of two policies it belongs to.
    let side: ComparedSide
    let rule: Rule.ID
    let verb: Rule.Verb
    let access: Access
    let isExact: Bool
    let beginningCount: Int
    let literalCount: Int
    let operations: [PatternOperation]
    let classes: [ByteClass]

    init(_ pattern: Pattern, of id: Rule.ID, _ rule: Rule, _ side: ComparedSide) {
        self.side = side
        self.rule = id
        verb = rule.verb
        access = rule.access
        isExact = pattern.isExact
        beginningCount = pattern.beginning.count
        literalCount = pattern.literalCount
        operations = pattern.beginning.map { PatternOperation(.literal($0)) } + pattern.operations
        classes = pattern.classes
    }
}

/// The policy that is compared, or the one that it is compared with.
package enum ComparedSide: UInt8, Sendable, Hashable, CaseIterable {
    case old, new
}

/// All patterns of two policies as one nondeterministic machine over the bytes of names.
struct PatternMachine {
    let programs: [PatternProgram]

    /// A pattern has at most 4,095 operations; its end and "beneath it" are states as well.
    private static let positionBits: UInt32 = 13
    static let mostPrograms = 1 << 19 - 1

    init(_ old: Policy, _ new: Policy) {
        programs = [(old, ComparedSide.old), (new, .new)].flatMap { policy, side in
            policy.rules.enumerated().flatMap { id, rule in
                rule.absolutePatterns.map { PatternProgram($0, of: id, rule, side) }
            }
        }
    }

    // MARK: States

    /// Before the first byte.
    var start: MachineStates {
        var states = MachineStates()
        for program in programs.indices { enter(0, of: program, &states) }
        return states
    }

    /// After one more byte.
    func advance(_ states: MachineStates, by byte: UInt8) -> MachineStates {
        var next = MachineStates()
        for item in states.items { advance(item, by: byte, into: &next) }
        next.normalize()
        return next
    }

    /// What a state waits for; nil at the end of a pattern, and beneath it.
    func operation(at item: UInt32) -> PatternOperation.Kind? {
        let (program, position) = place(item)
        let operations = programs[program].operations
        return position < operations.count ? operations[position].kind : nil
    }

    /// The patterns that match a name which ends here: for a `deny`, or a directory that it lies in.
    func matches(_ states: MachineStates) -> [PatternProgram] {
        states.items.compactMap { item in
            let (program, position) = place(item)
            return position >= programs[program].operations.count ? programs[program] : nil
        }
    }

    /// Whether a name that goes on from here may still be granted something.
    func mayGrant(_ states: MachineStates) -> Bool {
        states.items.contains { programs[place($0).program].verb != .deny }
    }

    private func place(_ item: UInt32) -> (program: Int, position: Int) {
        (Int(item >> Self.positionBits), Int(item & (1 << Self.positionBits - 1)))
    }

    private func insert(_ position: Int, of program: Int, _ states: inout MachineStates) {
        states.items.append(UInt32(truncatingIfNeeded: program << Int(Self.positionBits) | position))
    }

    /// Adds a state, and those that are reached from it without a byte.
    private func enter(_ position: Int, of program: Int, _ states: inout MachineStates) {
        let operations = programs[program].operations
        var position = position
        insert(position, of: program, &states)
        while position < operations.count, operations[position].matchesNothing {
            position += 1
            insert(position, of: program, &states)
        }
    }

    private func advance(_ item: UInt32, by byte: UInt8, into next: inout MachineStates) {
        let (program, position) = place(item)
        let operations = programs[program].operations
        guard position < operations.count else {
            if isBeneath(program, position, after: byte) { insert(operations.count + 1, of: program, &next) }
            return
        }
        let isSlash = byte == UInt8(ascii: "/")
        switch operations[position].kind {
        case .literal(let literal): if byte == literal { enter(position + 1, of: program, &next) }
        case .anyByte: if !isSlash { enter(position + 1, of: program, &next) }
        case .byteClass(let number):
            if programs[program].classes[number].contains(byte) { enter(position + 1, of: program, &next) }
        case .anyInComponent: if !isSlash { enter(position, of: program, &next) }
        case .anyBytes: enter(position, of: program, &next)
        case .anyDirectories:
            // What follows may begin after a `/` only.
            insert(position, of: program, &next)
            if isSlash { enter(position + 1, of: program, &next) }
        }
    }

    /// A `deny` also holds for what lies beneath what it matches; that of `/` for everything.
    private func isBeneath(_ program: Int, _ position: Int, after byte: UInt8) -> Bool {
        let pattern = programs[program]
        guard pattern.verb == .deny else { return false }
        if position > pattern.operations.count || byte == UInt8(ascii: "/") { return true }
        return pattern.isExact && pattern.operations.count == 1
    }
}

/// A set of states: which patterns have been read how far.
struct MachineStates: Hashable {
    fileprivate(set) var items: [UInt32] = []

    fileprivate mutating func normalize() {
        guard items.count > 1 else { return }
        items.sort()
        var kept = 1
        for index in 1..<items.count where items[index] != items[kept - 1] {
            items[kept] = items[index]
            kept += 1
        }
        items.removeLast(items.count - kept)
    }
}
