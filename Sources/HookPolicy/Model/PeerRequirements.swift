/// Who may ask: the `peer` statements.
///
/// A peer has to meet one statement of each kind that there is.
package struct PeerRequirements: Sendable {
    /// `peer label CONTEXT`.
    package struct Label: Sendable {
        package let context: [UInt8]
        package let span: SourceSpan
    }

    /// `peer type TYPE`.
    package struct TypeName: Sendable {
        package let type: [UInt8]
        package let span: SourceSpan
    }

    package internal(set) var labels: [Label] = []
    package internal(set) var types: [TypeName] = []
    /// `peer uid USER`; they have no group.
    package internal(set) var users: [UserReference] = []
    package internal(set) var groups: [GroupReference] = []
    /// `peer any`: whoever can reach the socket. It stands alone.
    package internal(set) var anyone: SourceSpan?

    /// Whether there is no `peer` statement at all. It does not mean that anyone may ask: a listening socket then has
    /// no peers.
    package var isEmpty: Bool {
        labels.isEmpty && types.isEmpty && users.isEmpty && groups.isEmpty && anyone == nil
    }
}
