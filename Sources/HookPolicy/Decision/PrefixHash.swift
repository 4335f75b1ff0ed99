/// A hash of bytes that grows byte by byte: one pass over a name gives the hash of each of its beginnings.
///
/// It is the polynomial of the bytes at a secret point, modulo the prime 2^61 - 1: two different keys of `n` bytes
/// collide with a chance of at most n / 2^61 whatever they are, so no policy file can be made to fill one slot of a
/// table.
struct PrefixHash {
    /// At most the prime: not reduced any further on the way.
    private var residue: UInt64 = 0
    private let powers: PointPowers

    static let prime: UInt64 = (1 << 61) - 1

    init(point: UInt64) {
        powers = PointPowers(point)
    }

    init(powers: PointPowers) {
        self.powers = powers
    }

    /// The same for the same bytes, however they were appended.
    var value: UInt64 { residue == PrefixHash.prime ? 0 : residue }

    /// A point that differs from process to process: the standard library's own seed.
    static func secretPoint() -> UInt64 {
        var hasher = Hasher()
        hasher.combine("HookPolicy")
        let seed = UInt64(bitPattern: Int64(hasher.finalize()))
        return 256 + seed % (prime - 512)
    }

    mutating func append(_ byte: UInt8) {
        residue = Self.reduced(Self.product(residue, powers.first) + Self.digit(byte))
    }

    /// Appends four bytes at the price of one: their products do not wait for each other.
    mutating func append(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        let high = Self.product(residue, powers.fourth) + Self.product(UInt64(first) &+ 1, powers.third)
        let low = Self.product(UInt64(second) &+ 1, powers.second) + Self.product(UInt64(third) &+ 1, powers.first)
        residue = Self.reduced(high + low + Self.digit(fourth))
    }

    /// No byte counts as zero, so that a name with NULs before it is another one.
    private static func digit(_ byte: UInt8) -> UInt128 { UInt128(UInt64(byte) &+ 1) }

    /// Below 2^122: both factors are at most the prime.
    private static func product(_ one: UInt64, _ other: UInt64) -> UInt128 {
        let (high, low) = one.multipliedFullWidth(by: other)
        return UInt128(high) << 64 | UInt128(low)
    }

    /// The sum of four products and a byte is below 2^123: two folds of it are at most the prime and a few, a third one
    /// at most the prime.
    private static func reduced(_ sum: UInt128) -> UInt64 {
        let once = UInt64(truncatingIfNeeded: sum) & prime &+ UInt64(truncatingIfNeeded: sum >> 61)
        let twice = once & prime &+ once &>> 61
        return twice & prime &+ twice &>> 61
    }
}

/// The secret point and its powers, modulo the prime.
struct PointPowers: Sendable {
    let first, second, third, fourth: UInt64

    init(_ point: UInt64) {
        let prime = PrefixHash.prime
        func times(_ one: UInt64, _ other: UInt64) -> UInt64 {
            let product = one.multipliedFullWidth(by: other)
            return prime.dividingFullWidth(product).remainder
        }
        first = point % prime
        second = times(first, first)
        third = times(second, first)
        fourth = times(third, first)
    }
}
