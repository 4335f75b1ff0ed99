import HookPolicy

/// A refusal that no added rule lifts.
package struct Obstacle: Sendable {
    /// What was asked for.
    package let name: [UInt8]
    package let stage: String
    package let reason: String
    /// What to do about it.
    package let advice: String
    /// The first record.
    package let line: Int
    package internal(set) var count: Int
}

extension Obstacle {
    /// What to do about an open that was refused at a stage.
    static func advice(at stage: String) -> String {
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

    /// What to do about something else than an open.
    static func advice(on operation: LoggedOperation, of name: [UInt8], at stage: String, _ policy: Policy) -> String {
        switch operation {
        case .change where stage == "policy" || stage == "create": change(of: name, policy)
        case .socket where stage == "policy":
            "if the socket is this VM's: `own socket \(escaped(WordWriter.word(name)))`"
        case .never: "the broker does this for nobody: no rule lifts it"
        case .open, .look, .change, .socket: advice(at: stage)
        }
    }

    private static func change(of name: [UInt8], _ policy: Policy) -> String {
        guard let suggestion = policy.statement(deleting: name) else {
            return "if it is meant: the rules for both names need `delete`, and that for the new one `create`"
        }
        return "if the VM is to take the name away: \(policy.describe(suggestion))"
    }
}
