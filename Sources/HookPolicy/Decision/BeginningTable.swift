/// The literal beginnings of patterns, each with the patterns that have it: a hash table over the bytes of a
/// ``PatternTable``, without memory for each key.
struct BeginningTable: Sendable {
    /// Where the patterns of each key begin in ``members``; one more at the end.
    private var starts: [UInt32] = [0]
    /// Pattern numbers, key by key.
    private(set) var members: [UInt32] = []
    /// Open addressing: the upper half of a slot is part of the hash, the lower half the key's number plus one.
    private var slots: [UInt64] = []
    /// Whether there is a key of that many bytes: a name is looked up only at such lengths.
    private var lengths: [UInt64] = []
    private let powers: PointPowers

    var isEmpty: Bool { members.isEmpty }

    /// Puts patterns into the table; those of one key in the order that is given.
    init(
        of patterns: [Int], in table: PatternTable, point: UInt64,
        order: (PatternTable.Record, PatternTable.Record) -> Bool
    ) {
        powers = PointPowers(point)
        guard !patterns.isEmpty else { return }
        var capacity = 4
        while capacity < patterns.count * 2 { capacity *= 2 }
        slots = Array(repeating: 0, count: capacity)

        var groups: [[UInt32]] = []
        for number in patterns {
            let key = enroll(number, in: table, groups: groups)
            if key == groups.count { groups.append([]) }
            groups[key].append(UInt32(clamping: number))
        }
        members.reserveCapacity(patterns.count)
        starts.reserveCapacity(groups.count + 1)
        for group in groups {
            members += group.sorted { order(table.records[Int($0)], table.records[Int($1)]) }
            starts.append(UInt32(clamping: members.count))
        }
    }

    /// The number of a pattern's key: that of a group, or the next one if the key is new.
    private mutating func enroll(_ number: Int, in table: PatternTable, groups: [[UInt32]]) -> Int {
        let range = table.records[number].beginning
        let hash = table.bytes.span.extracting(range).prefixHash(powers)
        var slot = firstSlot(of: hash)
        while slots[slot] != 0 {
            let key = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) - 1
            let other = table.records[Int(groups[key][0])].beginning
            if other.count == range.count, table.bytes[other].elementsEqual(table.bytes[range]) { return key }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = tag(of: hash) | UInt64(groups.count + 1)
        let word = range.count / 64
        while lengths.count <= word { lengths.append(0) }
        lengths[word] |= 1 << UInt64(range.count % 64)
        return groups.count
    }

    /// The patterns whose beginning is the first `length` bytes of the name, which have that hash, as a range of
    /// ``members``.
    func find(_ name: borrowing Span<UInt8>, length: Int, hash: PrefixHash, in table: PatternTable) -> Range<Int> {
        let word = length &>> 6
        guard word < lengths.count, lengths[word] &>> UInt64(truncatingIfNeeded: length & 63) & 1 == 1 else {
            return 0..<0
        }
        var slot = firstSlot(of: hash)
        while slots[slot] != 0 {
            if slots[slot] & ~0xFFFF_FFFF == tag(of: hash) {
                let key = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) &- 1
                let range = Int(starts[key])..<Int(starts[key &+ 1])
                let beginning = table.records[Int(members[range.lowerBound])].beginning
                if beginning.count == length, table.begins(name, with: beginning) { return range }
            }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        return 0..<0
    }

    private func firstSlot(of hash: PrefixHash) -> Int {
        Int(truncatingIfNeeded: hash.value) & (slots.count &- 1)
    }

    /// Bits of the hash that the slot's number does not use in tables of a sensible size.
    private func tag(of hash: PrefixHash) -> UInt64 {
        hash.value &<< 3 & ~0xFFFF_FFFF
    }

    /// A walk over the patterns whose beginning a name begins with.
    func walk() -> BeginningWalk {
        BeginningWalk(hash: PrefixHash(powers: powers))
    }

    /// The hash that ``find(_:length:hash:in:)`` wants for a whole name.
    func hash(of name: borrowing Span<UInt8>) -> PrefixHash {
        name.prefixHash(powers)
    }
}

/// A position in a name, and the hash of what is before it.
struct BeginningWalk {
    private(set) var length = 0
    fileprivate var hash: PrefixHash

    fileprivate init(hash: PrefixHash) {
        self.hash = hash
    }

    /// The patterns of the next longer beginning of the name that is a key; nil after the last one.
    mutating func next(
        _ name: borrowing Span<UInt8>, in beginnings: BeginningTable, of table: PatternTable
    ) -> Range<Int>? {
        while length < name.count {
            hash.append(name[length])
            length &+= 1
            let found = beginnings.find(name, length: length, hash: hash, in: table)
            if !found.isEmpty { return found }
        }
        return nil
    }
}

extension Span<UInt8> {
    fileprivate func prefixHash(_ powers: PointPowers) -> PrefixHash {
        var hash = PrefixHash(powers: powers)
        var index = 0
        while index &+ 4 <= count {
            hash.append(self[index], self[index &+ 1], self[index &+ 2], self[index &+ 3])
            index &+= 4
        }
        while index < count {
            hash.append(self[index])
            index &+= 1
        }
        return hash
    }
}
