/// A hash of bytes that grows byte by byte: one pass over a name gives the hash of each of its beginnings.
///
/// It is the polynomial of the bytes at a secret point, modulo the prime 2^61 - 1: two different keys of `n` bytes
/// collide with a chance of at most n / 2^61 whatever they are, so no policy file can be made to fill one slot of a
/// table.
struct PrefixHash {
    private(set) var value: UInt64 = 0
    private let point: UInt64

    private static let prime: UInt64 = (1 << 61) - 1

    init(point: UInt64) {
        self.point = point
    }

    /// A point that differs from process to process: the standard library's own seed.
    static func secretPoint() -> UInt64 {
        var hasher = Hasher()
        hasher.combine("HookPolicy")
        let seed = UInt64(bitPattern: Int64(hasher.finalize()))
        return 256 + seed % (prime - 512)
    }

    mutating func append(_ byte: UInt8) {
        // The value is below 2^61 + 4 and not reduced any further: the same bytes give the same value. So the product
        // is below 2^123, and the sum of its halves below 2^63.
        let product = value.multipliedFullWidth(by: point)
        let low = product.low & PrefixHash.prime
        let high = product.high &<< 3 | product.low &>> 61
        let sum = low &+ high &+ UInt64(byte) &+ 1
        value = (sum & PrefixHash.prime) &+ sum &>> 61
    }
}
