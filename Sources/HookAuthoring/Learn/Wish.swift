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

/// A refusal that no added rule lifts.
package struct Obstacle: Sendable {
    /// What was asked for.
    package let name: [UInt8]
    package let stage: String
    package let reason: String
    /// The first record.
    package let line: Int
    package internal(set) var count: Int

    /// What to do about it.
    package var advice: String {
        switch stage {
        case "peer": "the client is not who the policy's `peer` statements admit"
        case "flags", "name": "no rule can grant such a request"
        case "policy": "a `deny` always wins: take it out if it is not meant"
        case "label": "it is the label that has to change, or SELinux's policy: no rule grants past it"
        case "object", "resolve", "reopen":
            "the rule for it stands; it is the file, or the rule's clauses, that have to change"
        case "create": "the rule for it stands: look at its `limit`, and at the directory"
        case "deadline": "the file system did not answer"
        default: "no rule lifts it"
        }
    }
}
