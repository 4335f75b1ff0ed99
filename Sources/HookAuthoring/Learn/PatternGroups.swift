package import HookPolicy

/// Finds names that differ in one place, so that one pattern could stand for them all.
///
/// A place is a number in a name's last component, the whole of a component before the last one, or what stands before
/// the last component's ending. At least three names that were asked for in the same way make a group.
package enum PatternGroups {
    static let fewest = 3

    /// One proposal for each group; no wish is in two of them.
    package static func proposals(for wishes: [Wish], in policy: Policy) -> [Proposal] {
        var byPlace: [Place: [Int]] = [:]
        var order: [Place] = []
        for (index, wish) in wishes.enumerated() where isUnlisted(wish, policy) {
            for place in places(of: wish) {
                if byPlace[place] == nil { order.append(place) }
                byPlace[place, default: []].append(index)
            }
        }
        var taken: Set<Int> = []
        var proposals: [Proposal] = []
        let bySize = order.enumerated().sorted { one, other in
            let (first, second) = (byPlace[one.element]?.count ?? 0, byPlace[other.element]?.count ?? 0)
            return (one.element.width.rawValue, second, one.offset) < (
                other.element.width.rawValue, first, other.offset
            )
        }
        for (_, place) in bySize {
            let free = (byPlace[place] ?? []).filter { !taken.contains($0) }
            guard free.count >= fewest, let proposal = proposal(free.map { wishes[$0] }, place, policy) else {
                continue
            }
            taken.formUnion(free)
            proposals.append(proposal)
        }
        return proposals
    }

    /// What is asked of the names, and what stands around the place where they differ.
    private struct Place: Hashable {
        /// The narrower ones come first.
        enum Width: Int {
            case number, component, stem
        }

        let width: Width
        let before, after: [UInt8]
        let access: Access
        let creates: Bool
    }

    /// A name that no rule is about: where one grants too little, a pattern would have to say more than a name does.
    private static func isUnlisted(_ wish: Wish, _ policy: Policy) -> Bool {
        Access.allCases.allSatisfy { access in
            switch policy.decide(wish.name.span, access) {
            case .unlisted, .learning: true
            case .granted, .denied, .insufficient, .tie: false
            }
        }
    }

    private static func places(of wish: Wish) -> [Place] {
        let name = wish.name
        let slash = UInt8(ascii: "/")
        guard let last = name.lastIndex(of: slash) else { return [] }
        var ranges: [(Place.Width, Range<Int>)] = []
        // Numbers in the last component.
        var index = last + 1
        while index < name.count {
            let end = name[index...].firstIndex { !isDigit($0) } ?? name.count
            if end > index { ranges.append((.number, index..<end)) }
            index = max(end, index) + 1
        }
        // What is before its ending.
        if let dot = name[(last + 1)...].lastIndex(of: UInt8(ascii: ".")), dot > last + 1 {
            ranges.append((.stem, last + 1..<dot))
        }
        // Components before it, but for the first.
        var start = 1
        while start < last {
            let end = name[start...].firstIndex(of: slash) ?? last
            if start > 1 { ranges.append((.component, start..<end)) }
            start = end + 1
        }
        return ranges.map { width, range in
            Place(
                width: width, before: Array(name[..<range.lowerBound]), after: Array(name[range.upperBound...]),
                access: wish.access, creates: wish.creates)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func proposal(_ wishes: [Wish], _ place: Place, _ policy: Policy) -> Proposal? {
        let pattern = narrowest(wishes.map(\.name), place)
        guard let suggestion = policy.statement(allowing: place.access, pattern, creating: place.creates) else {
            return nil
        }
        return Proposal(
            wishes: wishes, access: place.access, creates: place.creates, suggestion: suggestion, pattern: pattern)
    }

    /// The place is made as small as it can be.
    private static func narrowest(_ names: [[UInt8]], _ place: Place) -> NamePattern {
        var gaps = names.map { $0[place.before.count..<($0.count - place.after.count)] }
        if gaps.allSatisfy({ $0.count == gaps[0].count && $0.count <= 8 && $0.allSatisfy(isDigit) }) {
            return NamePattern(before: place.before, gap: .digits(gaps[0].count), after: place.after)
        }
        var (before, after) = (place.before, place.after)
        while let byte = gaps[0].first, gaps.allSatisfy({ $0.first == byte }) {
            before.append(byte)
            gaps = gaps.map { $0.dropFirst() }
        }
        while let byte = gaps[0].last, gaps.allSatisfy({ $0.last == byte }) {
            after.insert(byte, at: 0)
            gaps = gaps.map { $0.dropLast() }
        }
        return NamePattern(before: before, gap: .anything, after: after)
    }
}
