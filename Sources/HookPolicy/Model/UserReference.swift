/// A user, and perhaps a group, by name or decimal number. The loader resolves them.
package struct UserReference: Sendable {
    package let user: [UInt8]
    package let group: [UInt8]?
    package let span: SourceSpan

    /// `USER` or `USER:GROUP`.
    package var text: [UInt8] { user + (group.map { [UInt8(ascii: ":")] + $0 } ?? []) }
}

/// Equal if they say the same, wherever they stand.
extension UserReference: Hashable {
    package static func == (left: UserReference, right: UserReference) -> Bool {
        left.user == right.user && left.group == right.group
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(user)
        hasher.combine(group)
    }
}

/// A group, by name or decimal number. The loader resolves it.
package struct GroupReference: Sendable {
    package let group: [UInt8]
    package let span: SourceSpan
}
