import HookPolicy

/// Who may ask, so that two policies can be compared.
struct PeerTerms {
    private let peers: PeerRequirements

    init(_ peers: PeerRequirements) { self.peers = peers }

    /// Whether whoever meets the other terms meets these as well, whatever users and groups there are.
    func admitsAll(of other: PeerTerms) -> Bool {
        if other.peers.isEmpty || peers.anyone != nil { return true }
        if peers.isEmpty || other.peers.anyone != nil { return false }
        return admitsLabels(of: other) && Self.admits(users, other.users) && Self.admits(groups, other.groups)
    }

    private var users: Set<[UInt8]> { Set(peers.users.map(\.user)) }
    private var groups: Set<[UInt8]> { Set(peers.groups.map(\.group)) }
    private var labels: Set<[UInt8]> { Set(peers.labels.map(\.context)) }
    private var types: Set<[UInt8]> { Set(peers.types.map(\.type)) }

    /// Of one kind: none stated admits all.
    private static func admits(_ own: Set<[UInt8]>, _ others: Set<[UInt8]>) -> Bool {
        own.isEmpty || !others.isEmpty && others.isSubset(of: own)
    }

    /// Labels and types are one kind; a label is of the type that is its third field.
    private func admitsLabels(of other: PeerTerms) -> Bool {
        if labels.isEmpty, types.isEmpty { return true }
        if other.labels.isEmpty, other.types.isEmpty { return false }
        return other.types.isSubset(of: types)
            && other.labels.allSatisfy { labels.contains($0) || types.contains(Self.type(of: $0)) }
    }

    private static func type(of context: [UInt8]) -> [UInt8] {
        let fields = context.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
        return fields.count > 2 ? Array(fields[2]) : []
    }

    // MARK: For people

    /// As after `peer`.
    var words: String {
        if peers.anyone != nil { return "any" }
        let words =
            peers.labels.map { "label \(escaped($0.context))" } + peers.types.map { "type \(escaped($0.type))" }
            + peers.users.map { "uid \(escaped($0.user))" } + peers.groups.map { "gid \(escaped($0.group))" }
        return words.isEmpty ? "none" : words.joined(separator: ", ")
    }

    /// Where the first of them stands.
    var first: SourceSpan? {
        let spans = peers.labels.map(\.span) + peers.types.map(\.span) + peers.users.map(\.span)
        return (spans + peers.groups.map(\.span) + (peers.anyone.map { [$0] } ?? [])).min()
    }
}
