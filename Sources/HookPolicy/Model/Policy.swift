/// What one VM may open, and who may ask: a policy file that was read without an error.
///
/// It is a value that never changes; a reload makes another one. Everything in it comes from the text alone: whether
/// users, directories and labels exist is for the loader to find out.
package struct Policy: Sendable {
    /// The VM's name.
    package let vm: [UInt8]
    /// As written: five groups of hexadecimal digits.
    package let uuid: [UInt8]?
    package let selinux: SELinuxRequirement
    package let peers: PeerRequirements
    /// The base of relative names in requests.
    package let directory: AbsolutePath?
    /// The directories that rules are about, by ``Root/ID``.
    package let roots: [Root]
    /// The `allow`, `deny` and `learn` statements in the order of the text, by ``Rule/ID``.
    package let rules: [Rule]
    package let rate: Rate
    package let own: [OwnStatement]
    package let ioUring: IOUring
    /// Where the settings above are stated.
    package let spans: SettingSpans

    let storage: PolicyStorage
    let decisions: DecisionIndex

    /// The files that the policy was read from.
    package var sources: SourceMap { storage.sources }
}

/// What a policy's rules share: the text, and the patterns.
final class PolicyStorage: Sendable {
    let sources: SourceMap
    let patterns: PatternTable
    /// What variables stand for: the pattern of a statement is read again when the policy is printed.
    let variables: Variables

    init(sources: SourceMap, patterns: PatternTable, variables: Variables) {
        self.sources = sources
        self.patterns = patterns
        self.variables = variables
    }
}

extension Policy {
    /// `file:line` of a rule.
    package func describe(_ rule: Rule.ID) -> String {
        sources.describe(rules[rule].span)
    }
}
