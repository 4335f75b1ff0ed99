package import HookPolicy

/// Every name that there can be, as two policies decide about it: exactly, not by trying names.
///
/// The patterns of both policies are read side by side, byte by byte, as one machine. Names after which the machine is in
/// the same set of states are decided alike, whatever follows; so each set is looked at once, after the shortest name that
/// leads to it. There are finitely many sets, and few for policies that people write.
package struct NameComparison: Sendable {
    /// Names that two policies decide in the same two ways.
    package struct Group: Sendable {
        package let old, new: NameVerdicts
        /// Some of them, the shortest first.
        package internal(set) var samples: [[UInt8]]
    }

    package enum Failure: Error, Sendable, Equatable {
        /// The patterns can be combined in more ways than are looked at.
        case tooComplex
    }

    /// Each pair of decisions that some name has, those of shorter names first. Names that neither policy grants anything
    /// on may be left out.
    package let groups: [Group]

    static let mostSamples = 3
    /// A sum of the sizes of all sets that are looked at: some seconds of work, and some hundred MB.
    static let standardWork = 40_000_000

    package init(_ old: Policy, _ new: Policy) throws(Failure) {
        try self.init(old, new, work: Self.standardWork)
    }

    init(_ old: Policy, _ new: Policy, work: Int) throws(Failure) {
        let machine = PatternMachine(old, new)
        var search = NameSearch(machine, work: work)
        try search.run()
        groups = search.groups
    }
}

/// Goes through all sets of states, in the order of the shortest names that lead to them.
private struct NameSearch {
    private let machine: PatternMachine
    private let choice: ByteChoice
    private var work: Int
    private(set) var groups: [NameComparison.Group] = []

    private struct Key: Hashable {
        let shape: NameShape
        let states: MachineStates
    }

    private struct Verdicts: Hashable {
        let old, new: NameVerdicts
    }

    /// A set of states, and the byte by which it was first reached from another one.
    private struct Visit {
        let key: Key
        let parent: Int
        let byte: UInt8
        let depth: Int
    }

    private var visits: [Visit] = []
    private var seen: Set<Key> = []
    /// The groups, by what is decided, and by the patterns that match.
    private var numbers: [Verdicts: Int] = [:]
    private var numbersByMatches: [[UInt32]: Int] = [:]

    /// A name has no more bytes than that.
    private static let longestName = 4095

    init(_ machine: PatternMachine, work: Int) {
        self.machine = machine
        choice = ByteChoice(for: machine)
        self.work = work
    }

    mutating func run() throws(NameComparison.Failure) {
        try reach(Key(shape: .beginning, states: machine.start), from: 0, by: 0, depth: 0)
        var next = 0
        while next < visits.count {
            if visits[next].key.shape.isName { decide(next) }
            if visits[next].depth < Self.longestName { try goOn(from: next) }
            next += 1
        }
    }

    private mutating func goOn(from number: Int) throws(NameComparison.Failure) {
        let visit = visits[number]
        try choice.forEachByte(visit.key.shape, behind: visit.key.states, in: machine) {
            byte throws(NameComparison.Failure) in
            guard let shape = visit.key.shape.after(byte) else { return }
            let states = machine.advance(visit.key.states, by: byte)
            try reach(Key(shape: shape, states: states), from: number, by: byte, depth: visit.depth + 1)
        }
    }

    private mutating func reach(
        _ key: Key, from parent: Int, by byte: UInt8, depth: Int
    ) throws(NameComparison.Failure) {
        work -= key.states.places.count + 1
        guard work > 0 else { throw .tooComplex }
        guard mayGrant(key.states), seen.insert(key).inserted else { return }
        visits.append(Visit(key: key, parent: parent, byte: byte, depth: depth))
    }

    /// Whether a name that goes on from here may still be granted something.
    private func mayGrant(_ states: MachineStates) -> Bool {
        states.places.contains { machine.patterns[Int(machine.places[Int($0)].pattern)].verb != .deny }
    }

    // MARK: Names that end

    private mutating func decide(_ visit: Int) {
        let group = group(of: visits[visit].key.states)
        if groups[group].samples.count < NameComparison.mostSamples { groups[group].samples.append(name(of: visit)) }
    }

    private mutating func group(of states: MachineStates) -> Int {
        var matching: [UInt32] = []
        for state in states.places {
            let place = machine.places[Int(state)]
            if place.matches, matching.last != place.pattern { matching.append(place.pattern) }
        }
        if let known = numbersByMatches[matching] { return known }
        let patterns = matching.map { machine.patterns[Int($0)] }
        let verdicts = Verdicts(
            old: NameVerdicts(of: patterns.filter { $0.side == .old }),
            new: NameVerdicts(of: patterns.filter { $0.side == .new }))
        let number = numbers[verdicts] ?? groups.count
        if number == groups.count {
            groups.append(NameComparison.Group(old: verdicts.old, new: verdicts.new, samples: []))
        }
        numbers[verdicts] = number
        numbersByMatches[matching] = number
        return number
    }

    private func name(of visit: Int) -> [UInt8] {
        var name: [UInt8] = []
        var current = visit
        while visits[current].depth > 0 {
            name.append(visits[current].byte)
            current = visits[current].parent
        }
        return name.reversed()
    }
}
