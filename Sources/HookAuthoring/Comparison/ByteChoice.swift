import HookPolicy

/// Bytes that stand for all bytes: of those that every pattern treats alike, one is enough.
///
/// Of several the most readable one is chosen, because names are made of them that a person will read.
struct ByteChoice {
    /// One of each set of bytes that the classes (`[a-z]`) of all patterns treat alike; every literal byte is one.
    private let representatives: [UInt8]

    private static let byReadability: [UInt8] =
        Array("xyzabcdefghijklmnopqrstuvw0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_".utf8) + (1...255)

    init(for programs: [PatternProgram]) {
        var classes: [ByteClass] = []
        var literals: Set<UInt8> = [UInt8(ascii: "/"), UInt8(ascii: ".")]
        for program in programs {
            for byteClass in program.classes where !classes.contains(byteClass) { classes.append(byteClass) }
            for operation in program.operations {
                if case .literal(let byte) = operation.kind { literals.insert(byte) }
            }
        }
        var seen: Set<[Bool]> = []
        representatives =
            literals.sorted()
            + ByteChoice.byReadability.filter { byte in
                !literals.contains(byte) && seen.insert(classes.map { $0.contains(byte) }).inserted
            }
    }

    /// The bytes to try behind a set of states.
    func bytes(_ shape: NameShape, behind states: MachineStates, in machine: PatternMachine) -> [UInt8] {
        var tried: Set<UInt8> = [UInt8(ascii: "/")]
        if shape.mindsDots { tried.insert(UInt8(ascii: ".")) }
        for item in states.items {
            switch machine.operation(at: item) {
            case .literal(let byte): tried.insert(byte)
            case .byteClass: return representatives
            default: break
            }
        }
        if let other = ByteChoice.byReadability.first(where: { !tried.contains($0) && $0 != UInt8(ascii: ".") }) {
            tried.insert(other)
        }
        return tried.sorted()
    }
}
