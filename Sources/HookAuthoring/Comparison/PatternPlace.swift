/// A place in a pattern: what is expected there.
struct PatternPlace {
    enum Expectation: UInt8 {
        case literal, anyByte, byteClass, anyInComponent, anyBytes, anyDirectories
        /// The name may end here.
        case end
        /// The end of a `deny`, which holds for what lies beneath it as well.
        case endOfDenied
        /// Beneath what a `deny` matches.
        case beneathDenied
    }

    let expectation: Expectation
    let byte: UInt8
    /// From here everything matches that matches from this earlier place on, or from one between the two: after a `*`
    /// the places of its component, after a `**` all.
    let absorbsFrom: UInt32
    /// The index in ``PatternMachine/classes``.
    let byteClass: UInt16
    /// The index in ``PatternMachine/patterns``.
    let pattern: UInt32

    /// Whether the pattern matches a name that ends here.
    var matches: Bool { expectation.rawValue >= Expectation.end.rawValue }
    /// Whether what is expected may be no byte at all.
    var maySkip: Bool {
        expectation == .anyInComponent || expectation == .anyBytes || expectation == .anyDirectories
    }
}
