/// What is done with a file: read, written, or both.
package enum Access: UInt8, Sendable, Hashable, CaseIterable {
    case readOnly, writeOnly, readWrite

    /// The word of the policy language: `ro`, `wo` or `rw`.
    package var word: String {
        switch self {
        case .readOnly: "ro"
        case .writeOnly: "wo"
        case .readWrite: "rw"
        }
    }

    /// Whether a grant of this access is enough for a request of the other one: `rw` covers all three.
    package func covers(_ other: Access) -> Bool {
        self == .readWrite || self == other
    }

    /// Whether the two have reading or writing in common: only `ro` and `wo` do not.
    package func overlaps(_ other: Access) -> Bool {
        self == other || self == .readWrite || other == .readWrite
    }

    /// The least access that covers both.
    package func union(_ other: Access) -> Access {
        self == other ? self : .readWrite
    }

    init?(word: some Collection<UInt8>) {
        guard let access = Access.allCases.first(where: { word.elementsEqual($0.word.utf8) }) else { return nil }
        self = access
    }
}
