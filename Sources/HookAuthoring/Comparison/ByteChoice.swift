import HookPolicy

/// Bytes that stand for all bytes: of those that every pattern treats alike, one is enough.
///
/// Of several the most readable one is chosen, because names are made of them that a person will read.
struct ByteChoice {
    /// One of each set of bytes that the classes (`[a-z]`) of all patterns treat alike; every literal byte is one.
    private let representatives: [UInt8]

    private let byReadability: [UInt8] =
        Array("xyzabcdefghijklmnopqrstuvw0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_".utf8) + (1...255)

    init(for machine: PatternMachine) {
        var literals = ByteSet()
        literals.insert(UInt8(ascii: "/"))
        literals.insert(UInt8(ascii: "."))
        for place in machine.places where place.expectation == .literal { literals.insert(place.byte) }
        var seen: Set<[Bool]> = []
        representatives =
            (1...255).filter { literals.contains($0) }
            + byReadability.filter { byte in
                !literals.contains(byte) && seen.insert(machine.classes.map { $0.contains(byte) }).inserted
            }
    }

    /// The bytes to try behind a set of states.
    func forEachByte<Failure: Error>(
        _ shape: NameShape, behind states: MachineStates, in machine: PatternMachine,
        _ body: (UInt8) throws(Failure) -> Void
    ) throws(Failure) {
        var tried = ByteSet()
        tried.insert(UInt8(ascii: "/"))
        if shape.mindsDots { tried.insert(UInt8(ascii: ".")) }
        for state in states.places {
            let place = machine.places[Int(state)]
            switch place.expectation {
            case .literal: tried.insert(place.byte)
            case .byteClass:
                for byte in representatives { try body(byte) }
                return
            default: break
            }
        }
        for byte in byReadability where !tried.contains(byte) && byte != UInt8(ascii: ".") {
            tried.insert(byte)
            break
        }
        try tried.forEach(body)
    }
}

/// A set of bytes, `/` among them.
private struct ByteSet {
    private var words = InlineArray<4, UInt64>(repeating: 0)

    mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

    func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }

    func forEach<Failure: Error>(_ body: (UInt8) throws(Failure) -> Void) throws(Failure) {
        for index in 0..<4 {
            var word = words[index]
            while word != 0 {
                try body(UInt8(index << 6 + word.trailingZeroBitCount))
                word &= word - 1
            }
        }
    }
}
