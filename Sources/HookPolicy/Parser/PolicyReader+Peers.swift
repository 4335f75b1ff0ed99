/// What makes two `peer` statements the same.
struct PeerKey: Hashable {
    let kind: [UInt8]
    let value: [UInt8]
}

/// The `peer` statements.
extension PolicyReader {
    static let peerWords = ["label", "type", "uid", "gid", "any"]

    mutating func readPeer(_ statement: Statement) throws(Diagnostic) {
        guard let kind = statement.arguments.first else { throw statement.malformed }
        if kind.isBare("any") {
            _ = try statement.arguments(1)
            try checkPeerIsNew(kind, [], statement)
            draft.peers.anyone = statement.span
            return
        }
        guard PolicyReader.peerWords.contains(where: kind.isBare) else {
            throw unknown("word", kind, oneOf: PolicyReader.peerWords)
        }
        let word = try statement.arguments(2)[1]
        let value = try peerValue(kind, word)
        try checkPeerIsNew(kind, value, statement)
        if kind.isBare("label") {
            draft.peers.labels.append(PeerRequirements.Label(context: value, span: word.span))
        } else if kind.isBare("type") {
            draft.peers.types.append(PeerRequirements.TypeName(type: value, span: word.span))
        } else if kind.isBare("uid") {
            draft.peers.users.append(UserReference(user: value, group: nil, span: word.span))
        } else {
            draft.peers.groups.append(GroupReference(group: value, span: word.span))
        }
    }

    private mutating func peerValue(_ kind: Word, _ word: Word) throws(Diagnostic) -> [UInt8] {
        if kind.isBare("uid") { return try account(try bytes(word, as: "a user"), word, as: "a user") }
        if kind.isBare("gid") { return try account(try bytes(word, as: "a group"), word, as: "a group") }
        if kind.isBare("type") {
            let type = try bytes(word, as: "a type")
            guard SecurityContextSyntax.isIdentifier(type) else {
                throw word.error("`\(word.shown)` is not a type: that is a word such as `svirt_t`")
            }
            return type
        }
        let context = try bytes(word, as: "a context")
        guard SecurityContextSyntax.template(context.map(Symbol.literal), at: word.span) != nil else {
            throw word.error("`\(word.shown)` is not a context: \(SecurityContextSyntax.expectation)")
        }
        return context
    }

    private mutating func checkPeerIsNew(
        _ kind: Word, _ value: [UInt8], _ statement: Statement
    ) throws(Diagnostic) {
        let key = PeerKey(kind: Array(kind.bytes), value: value)
        if let before = statedPeers[key] {
            let note = Diagnostic.Note("the first one is here", at: before)
            throw Diagnostic(.error, at: statement.span, "the same peer twice", notes: [note])
        }
        statedPeers[key] = statement.span
    }

    /// What can be said of the peers when all are known.
    mutating func checkPeers() {
        let peers = draft.peers
        let users = peers.users.map(\.span) + peers.groups.map(\.span)
        let labels = peers.labels.map(\.span) + peers.types.map(\.span)
        if let anyone = peers.anyone, let other = (labels + users).min() {
            let note = Diagnostic.Note("the other one is here", at: other)
            diagnostics.add(
                Diagnostic(.error, at: anyone, "`peer any` stands beside another `peer` statement", notes: [note]))
        } else if labels.isEmpty, let user = users.min() {
            diagnostics.add(
                Diagnostic(
                    .warning, at: user,
                    "a peer's user alone does not part VMs that run as the same user: add `peer label` or `peer type`"))
        }
    }
}
