/// A set of states: how far which patterns have been read.
struct MachineStates: Hashable {
    private(set) var places: [UInt32] = []
    private var isInOrder = true

    mutating func insert(_ place: Int) {
        let place = UInt32(clamping: place)
        if let last = places.last {
            if place == last { return }
            if place < last { isInOrder = false }
        }
        places.append(place)
    }

    mutating func normalize() {
        guard !isInOrder else { return }
        isInOrder = true
        places.sort()
        var kept = 1
        for index in 1..<places.count where places[index] != places[kept - 1] {
            places[kept] = places[index]
            kept += 1
        }
        places.removeLast(places.count - kept)
    }

    /// Asks from the last place to the first one.
    mutating func keep(_ isKept: (UInt32) -> Bool) {
        var write = places.count
        for read in places.indices.reversed() where isKept(places[read]) {
            write -= 1
            places[write] = places[read]
        }
        places.removeFirst(write)
    }

    static func == (one: MachineStates, other: MachineStates) -> Bool { one.places == other.places }

    func hash(into hasher: inout Hasher) { hasher.combine(places) }
}
