/// What a policy says to a request for a name and an access.
package enum Verdict: Sendable, Hashable {
    /// The deciding `allow` grants it.
    case granted(Rule.ID)
    /// A `deny` refuses it: of those that do, the one that stands first.
    case denied(by: Rule.ID)
    /// The deciding `allow` grants less than was asked.
    case insufficient(Rule.ID)
    /// Two `allow` rules are equally specific, so none decides; the lower first.
    case tie(Rule.ID, Rule.ID)
    /// No rule is about the name.
    case unlisted
    /// No rule grants it, and a `learn` rule that covers it lets it through.
    case learning(Rule.ID)
}
