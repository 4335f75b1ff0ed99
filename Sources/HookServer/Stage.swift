/// The stages of a decision, in their order. Each adds to what may be refused, and says so in the audit record.
package enum Stage: String, Sendable, CaseIterable {
    case peer, flags, name, policy, resolve, object, label, create, reopen, audit, truncate, send, deadline
}
