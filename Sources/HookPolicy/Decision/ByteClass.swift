/// A set of bytes: `[a-z]`. It never has `/` in it.
package struct ByteClass: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init() {}

    /// One byte, or none if it is `/`.
    init(_ byte: UInt8) {
        insert(byte)
    }

    /// Every byte but `/`.
    static let allButSlash: ByteClass = {
        var all = ByteClass()
        for byte in UInt8.min...UInt8.max { all.insert(byte) }
        return all
    }()

    mutating func insert(_ byte: UInt8) {
        guard byte != slash else { return }
        let bit: UInt64 = 1 &<< UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    package func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word &>> UInt64(byte & 63) & 1 == 1
    }

    var isEmpty: Bool { words == (0, 0, 0, 0) }

    /// The bytes that are not in it, still without `/`.
    var complement: ByteClass {
        ByteClass.allButSlash.combined(with: self) { $0 & ~$1 }
    }

    func isSubset(of other: ByteClass) -> Bool {
        combined(with: other) { $0 & ~$1 }.isEmpty
    }

    func isDisjoint(with other: ByteClass) -> Bool {
        combined(with: other) { $0 & $1 }.isEmpty
    }

    private func combined(with other: ByteClass, _ operation: (UInt64, UInt64) -> UInt64) -> ByteClass {
        var result = ByteClass()
        result.words = (
            operation(words.0, other.words.0), operation(words.1, other.words.1),
            operation(words.2, other.words.2), operation(words.3, other.words.3)
        )
        return result
    }

    package static func == (left: ByteClass, right: ByteClass) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
