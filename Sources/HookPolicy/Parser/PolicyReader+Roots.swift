/// The block of a root while it is open.
struct RootBlock {
    /// Its line.
    let span: SourceSpan
    let id: Root.ID
    /// Where its single statements stand.
    var stated: [Keyword: SourceSpan] = [:]
    /// How many blocks that must not be there are open inside.
    var nested = 0
}

/// `root` blocks, and the statements that are about the root.
extension PolicyReader {
    mutating func readRoot(_ statement: Statement) throws(Diagnostic) {
        let words = statement.arguments
        let opens = words.last?.isBare("{") == true
        // The block is opened whatever is wrong with its line, so that what is in it is read as what it is.
        let name = attempt { reader throws(Diagnostic) in
            guard words.count >= 3, opens else { throw statement.malformed }
            if words.count > 3 { throw words[2].error("nothing is expected between the directory and `{`") }
            return try reader.name(words[0], as: "the name of a root")
        }
        let directory =
            words.count < 2
            ? nil
            : attempt { reader throws(Diagnostic) in
                try reader.path(words[1], as: "the directory of a root")
            }
        if let name, let first = rootNames[name] {
            let note = Diagnostic.Note("the first one is here", at: first)
            diagnostics.add(words[0].error("a second root `\(escaped(name))`", notes: [note]))
        } else if let name {
            rootNames[name] = statement.span
        }
        block = RootBlock(span: statement.span, id: draft.roots.count)
        draft.roots.append(
            RootDraft(
                directory: directory ?? .root, at: words.count < 2 ? statement.span : words[1].span,
                declaration: .declared(name: name ?? []), span: statement.span,
                firstRule: draft.rules.count))
    }

    mutating func readClose(_ statement: Statement) throws(Diagnostic) {
        if let nested = block?.nested, nested > 0 {
            block?.nested = nested - 1
        } else {
            closeBlock(at: statement.span)
        }
        if let word = statement.arguments.first { throw word.error("`}` stands alone on its line") }
    }

    mutating func closeBlock(at end: SourceSpan?) {
        guard let open = block else { return }
        draft.roots[open.id].end = end
        draft.roots[open.id].rulesEnd = draft.rules.count
        block = nil
    }

    mutating func readRootLabel(_ statement: Statement) throws(Diagnostic) {
        let label = try label(try statement.arguments(1)[0])
        changeRoot { $0.label = label }
    }

    mutating func readRootSymlinks(_ statement: Statement) throws(Diagnostic) {
        let word = try statement.arguments(1)[0]
        let choices = [SymlinkRule.none, .inside]
        guard let symlinks = choices.first(where: { word.isBare($0.word) }) else {
            if word.isBare(SymlinkRule.follow.word) {
                throw word.error("`symlinks follow` is a clause of a rule with an exact name, not of a root")
            }
            throw unknown("word", word, oneOf: choices.map(\.word))
        }
        changeRoot { $0.symlinks = symlinks }
    }

    mutating func readFileSystems(_ statement: Statement) throws(Diagnostic) {
        guard !statement.arguments.isEmpty else { throw statement.malformed }
        var seen: Set<[UInt8]> = []
        for word in statement.arguments {
            let type = try bytes(word, as: "the type of a file system")
            let isType = type.allSatisfy { isLetter($0) || isDigit($0) || Array("._-".utf8).contains($0) }
            guard isType else { throw word.error("`\(word.shown)` is no type of a file system, such as `nfs4`") }
            if seen.insert(type).inserted { changeRoot { $0.fileSystems.append(type) } }
        }
    }

    mutating func readIdentity(_ statement: Statement) throws(Diagnostic) {
        let identity = try userAndGroup(try statement.arguments(1)[0], as: "a user")
        changeRoot { $0.identity = identity }
    }

    private mutating func changeRoot(_ change: (inout RootDraft) -> Void) {
        guard let block else { return }
        change(&draft.roots[block.id])
    }

    /// The root of a rule outside any block: the longest directory without a wildcard.
    mutating func derivedRoot(of patterns: [Pattern], at patternSpan: SourceSpan, in span: SourceSpan) -> Root.ID {
        var directory = patterns.first?.literalDirectory ?? .root
        for pattern in patterns.dropFirst() {
            directory = directory.commonDirectory(with: pattern.literalDirectory)
        }
        if let id = derivedRoots[directory] { return id }
        let id = draft.roots.count
        derivedRoots[directory] = id
        draft.roots.append(
            RootDraft(
                directory: directory, at: patternSpan, declaration: .derived, span: span, firstRule: draft.rules.count))
        return id
    }
}
