/// A policy that says nowhere who may ask: no server listens at a socket with it, unless it is told of one process.
package enum UnnamedAskers: Sendable, Equatable, CustomStringConvertible {
    /// Of nobody, where labels are not checked.
    case noStatement
    /// Of nobody, where labels are checked.
    case noStatementAboutLabelsEither
    /// `peer label` or `peer type`, where labels are not checked.
    case labelsAlone

    package var description: String {
        switch self {
        case .noStatement: "the policy says nowhere who may ask: add `peer uid USER`, or `peer gid GROUP`"
        case .noStatementAboutLabelsEither:
            "the policy says nowhere who may ask: add `peer uid USER`, `peer gid GROUP`, or `peer type TYPE`"
        case .labelsAlone:
            "the policy says nowhere who may ask, because no label is checked, and `peer label` and `peer type` name "
                + "nobody then: add `peer uid USER`, or `peer gid GROUP`"
        }
    }
}
