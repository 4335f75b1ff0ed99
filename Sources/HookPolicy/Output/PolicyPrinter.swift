/// Writes a policy in its normal form: includes flattened, variables replaced, one blank between words.
///
/// The text reads as the same policy: the same rules with the same numbers, roots and settings. A byte of a pattern
/// that neither a bare word nor an escape can say becomes a variable. A word may grow to four times its length; if it
/// was thousands of control characters long, its line may be longer than the language takes.
package struct PolicyPrinter {
    private let policy: Policy
    private var writer = WordWriter()
    private var text: [UInt8] = []

    /// The text of a policy.
    package static func print(_ policy: Policy) -> [UInt8] {
        var rules = PolicyPrinter(policy)
        rules.addRules()
        var whole = PolicyPrinter(policy)
        whole.addSettings(oddBytes: rules.writer.oddBytes.sorted())
        return whole.text + rules.text
    }

    private init(_ policy: Policy) {
        self.policy = policy
    }

    // MARK: Lines

    private mutating func add(_ words: [[UInt8]], indented: Bool = false) {
        if indented { text += Array("    ".utf8) }
        text += words.joined(separator: [blank])
        text.append(newline)
    }

    private mutating func addBlankLine() {
        text.append(newline)
    }

    // MARK: Settings

    private mutating func addSettings(oddBytes: [UInt8]) {
        add(["openhook", "1"].map(bytes))
        addBlankLine()
        add([bytes("vm"), policy.vm])
        if let uuid = policy.uuid { add([bytes("uuid"), uuid]) }
        add(["selinux", policy.selinux.word].map(bytes))
        addPeers()
        if let directory = policy.directory { add([bytes("directory"), WordWriter.word(directory.bytes)]) }
        switch policy.rate {
        case .limited(let perSecond, let burst): add(["rate", "\(perSecond)", "burst", "\(burst)"].map(bytes))
        case .unlimited: add(["rate", "off"].map(bytes))
        }
        for own in policy.own {
            add(["own", own.kind.word].map(bytes) + own.paths.map { WordWriter.word($0.path.bytes) })
        }
        if policy.ioUring == .allowed { add(["io_uring", "allow"].map(bytes)) }
        for byte in oddBytes {
            add([bytes("variable"), bytes(WordWriter.variableName(of: byte)), WordWriter.quoted([byte])])
        }
    }

    private mutating func addPeers() {
        let peers = policy.peers
        for label in peers.labels { add(["peer", "label"].map(bytes) + [WordWriter.word(label.context)]) }
        for type in peers.types { add(["peer", "type"].map(bytes) + [WordWriter.word(type.type)]) }
        for user in peers.users { add(["peer", "uid"].map(bytes) + [WordWriter.word(user.user)]) }
        for group in peers.groups { add(["peer", "gid"].map(bytes) + [WordWriter.word(group.group)]) }
        if peers.anyone != nil { add(["peer", "any"].map(bytes)) }
    }

    // MARK: Roots and rules

    private mutating func addRules() {
        var blocks = policy.roots.filter(\.isDeclared)[...]
        var next = 0
        var isBehindBlock = true
        while true {
            if let root = blocks.first, root.block.lowerBound <= next {
                blocks.removeFirst()
                addBlock(root)
                next = root.block.upperBound
                isBehindBlock = true
                continue
            }
            guard next < policy.rules.count else { return }
            if isBehindBlock { addBlankLine() }
            isBehindBlock = false
            add(words(of: policy.rules[next]))
            next += 1
        }
    }

    private mutating func addBlock(_ root: Root) {
        guard case .declared(let name) = root.declaration else { return }
        addBlankLine()
        add([bytes("root"), name, WordWriter.word(root.directory.bytes), bytes("{")])
        if let label = root.label { add([bytes("label"), label.text], indented: true) }
        if root.symlinks != .none { add(["symlinks", root.symlinks.word].map(bytes), indented: true) }
        if !root.fileSystems.isEmpty { add([bytes("filesystem")] + root.fileSystems, indented: true) }
        if let identity = root.identity { add([bytes("as"), WordWriter.word(identity.text)], indented: true) }
        for rule in policy.rules[root.block] { add(words(of: rule), indented: true) }
        add([bytes("}")])
    }

    private mutating func words(of rule: Rule) -> [[UInt8]] {
        let head = [rule.verb.word, rule.access.word].map(bytes)
        let learns = rule.verb == .learn
        let creates = learns && rule.creation != nil ? [bytes("create")] : []
        let pattern = writer.pattern(policy.symbols(ofPatternOf: rule))
        return head + creates + [pattern] + (learns ? [] : rule.clauses(besides: policy.roots[rule.root]))
    }
}

extension Policy {
    /// The pattern of a rule as it was read, without alternatives written out.
    fileprivate func symbols(ofPatternOf rule: Rule) -> [Symbol] {
        let word = Word(bytes: sources.bytes(of: rule.patternSpan), span: rule.patternSpan)
        // The word was read once without an error, with the same variables.
        return (try? WordExpansion.symbols(of: word, variables: storage.variables)) ?? []
    }
}

extension Rule {
    /// The clauses, without those that say what holds anyway.
    func clauses(besides root: Root) -> [[UInt8]] {
        var words: [[UInt8]] = []
        if let creation {
            words += ["create", "mode", creation.octalMode].map(bytes)
            if let owner = creation.owner { words += [bytes("owner"), WordWriter.word(owner.text)] }
            if let limit = creation.limit { words += ["limit", "\(limit)"].map(bytes) }
        }
        if deletion == .allowed { words.append(bytes("delete")) }
        if kinds != .file {
            words.append(bytes("kind"))
            words += kinds.words.map(bytes)
        }
        if let label { words += [bytes("label"), label.text] }
        if symlinks != root.symlinks { words += ["symlinks", symlinks.word].map(bytes) }
        if hardLinks == .allowed { words += ["hardlinks", "allow"].map(bytes) }
        return words
    }
}

extension LabelTemplate {
    /// As written in a policy.
    fileprivate var text: [UInt8] {
        segments.flatMap { segment in
            switch segment {
            case .bytes(let bytes): bytes
            case .level: Array("${level}".utf8)
            }
        }
    }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
