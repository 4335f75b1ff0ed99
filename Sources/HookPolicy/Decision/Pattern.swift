/// One absolute pattern, compiled: a literal beginning, then operations.
///
/// A pattern without operations is an exact name. The alternatives of a statement are patterns of their own.
package struct Pattern: Hashable, Sendable {
    /// The bytes before the first wildcard; at least `/`.
    package internal(set) var beginning: [UInt8]
    package internal(set) var operations: [PatternOperation] = []
    /// What the operations of the kind `byteClass` mean by their numbers.
    package internal(set) var classes: [ByteClass] = []
    /// How many bytes of the whole pattern stand for themselves.
    package internal(set) var literalCount = 0

    /// Whether it is a name without wildcards.
    package var isExact: Bool { operations.isEmpty }

    /// The longest directory without a wildcard; of an exact name, the directory that it is in.
    var literalDirectory: AbsolutePath {
        guard let end = beginning.lastIndex(of: slash), end > 0 else { return .root }
        return AbsolutePath(unchecked: Array(beginning[..<end]))
    }

    /// Whether all that it matches lies in its literal directory itself: wildcards in the last component only.
    var staysInDirectory: Bool {
        operations.allSatisfy { operation in
            switch operation.kind {
            case .literal(let byte): byte != slash
            case .anyByte, .byteClass, .anyInComponent: true
            case .anyBytes, .anyDirectories: false
            }
        }
    }
}

/// A step of a pattern after its literal beginning, in two bytes.
package struct PatternOperation: Hashable, Sendable {
    package enum Kind: Equatable {
        /// This byte.
        case literal(UInt8)
        /// `?`: any byte but `/`.
        case anyByte
        /// `[…]`: one byte of the pattern's class with this number.
        case byteClass(Int)
        /// `*`: any bytes but `/`, and none.
        case anyInComponent
        /// `**`: any bytes, and none.
        case anyBytes
        /// `**/` after a `/`: any bytes with a `/` at the end, and none.
        case anyDirectories
    }

    private let code: UInt16

    private static let anyByteCode: UInt16 = 0x100
    private static let anyInComponentCode: UInt16 = 0x101
    private static let anyBytesCode: UInt16 = 0x102
    private static let anyDirectoriesCode: UInt16 = 0x103
    private static let classFlag: UInt16 = 0x8000

    /// A pattern is at most 4,095 bytes long, so it has fewer classes than the code has room for.
    package init(_ kind: Kind) {
        code =
            switch kind {
            case .literal(let byte): UInt16(byte)
            case .anyByte: PatternOperation.anyByteCode
            case .anyInComponent: PatternOperation.anyInComponentCode
            case .anyBytes: PatternOperation.anyBytesCode
            case .anyDirectories: PatternOperation.anyDirectoriesCode
            case .byteClass(let number): PatternOperation.classFlag | UInt16(clamping: number)
            }
    }

    package var kind: Kind {
        switch code {
        case PatternOperation.anyByteCode: .anyByte
        case PatternOperation.anyInComponentCode: .anyInComponent
        case PatternOperation.anyBytesCode: .anyBytes
        case PatternOperation.anyDirectoriesCode: .anyDirectories
        case PatternOperation.classFlag...: .byteClass(Int(code & ~PatternOperation.classFlag))
        default: .literal(UInt8(truncatingIfNeeded: code))
        }
    }

    /// Whether it may stand for no byte at all, so that what follows it may begin where it begins.
    package var matchesNothing: Bool {
        (PatternOperation.anyInComponentCode...PatternOperation.anyDirectoriesCode).contains(code)
    }
}
