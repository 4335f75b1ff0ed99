package import HookPolicy

/// All that an audit trail asked of one name and the policy does not grant.
package struct Wish: Sendable {
    /// Absolute and clean.
    package let name: [UInt8]
    /// Everything that was asked, together.
    package internal(set) var access: Access
    /// Whether a request would have made the file.
    package internal(set) var creates: Bool
    /// How many requests asked.
    package internal(set) var count: Int
    /// The first record that asked: its line, its time, who it was.
    package let line: Int
    package let time: [UInt8]?
    package let peerPid: Int64?
    /// Whether a `learn` statement lets it through for the time being.
    package let isLearned: Bool
}

/// A wish for which no line is proposed.
package struct HandWork: Sendable {
    package enum Reason: Sendable {
        /// The line belongs into another file, which other VMs' policies may include.
        case otherFile(Suggestion)
        /// No line can be added for it.
        case noLine
        /// No VM has files there: the end of a sentence that begins with the name. Whoever has taken over a QEMU chooses
        /// what it asks for.
        case systemName(String)
    }

    package let wish: Wish
    package let reason: Reason
}
