/// What makes two rules the same.
struct RuleKey: Hashable {
    let verb: Rule.Verb
    let access: Access
    let pattern: Pattern
}

/// `allow`, `deny` and `learn`.
extension PolicyReader {
    mutating func readAllow(_ statement: Statement) {
        guard statement.arguments.count >= 2 else {
            diagnostics.add(statement.malformed)
            return
        }
        let access = attempt { reader throws(Diagnostic) in try reader.access(statement.arguments[0]) }
        let word = statement.arguments[1]
        let patterns = patterns(word, of: .allow)
        var clauses = ClauseReader(words: statement.arguments.dropFirst(2))
        clauses.read(&self)
        if let patterns { clauses.check(patterns, access, &self) }
        guard let access, let patterns else { return }
        add(.allow, access, patterns, clauses.clauses, statement, word)
    }

    mutating func readDeny(_ statement: Statement) {
        guard statement.arguments.count >= 2 else {
            diagnostics.add(statement.malformed)
            return
        }
        let access = attempt { reader throws(Diagnostic) in try reader.access(statement.arguments[0]) }
        let word = statement.arguments[1]
        let patterns = patterns(word, of: .deny)
        if statement.arguments.count > 2 {
            diagnostics.add(statement.arguments[2].error("`deny` has no clauses"))
        }
        guard let access, let patterns else { return }
        add(.deny, access, patterns, RuleClauses(), statement, word)
    }

    mutating func readLearn(_ statement: Statement) {
        var words = statement.arguments[...]
        var access = Access.readOnly
        var clauses = RuleClauses()
        if let word = words.first, let stated = [Access.readOnly, .readWrite].first(where: { word.isBare($0.word) }) {
            access = stated
            words.removeFirst()
        } else if let word = words.first, word.isBare(Access.writeOnly.word) {
            diagnostics.add(unknown("access", word, oneOf: [Access.readOnly.word, Access.readWrite.word]))
            words.removeFirst()
        }
        if words.first?.isBare("create") == true {
            clauses.creates = true
            words.removeFirst()
        }
        guard let word = words.popFirst() else {
            diagnostics.add(statement.malformed)
            return
        }
        let patterns = patterns(word, of: .learn)
        if let extra = words.first { diagnostics.add(statement.unexpected(extra)) }
        guard let patterns else { return }
        add(.learn, access, patterns, clauses, statement, word)
    }

    private func access(_ word: Word) throws(Diagnostic) -> Access {
        guard let access = Access(word: word.bytes) else {
            throw unknown("access", word, oneOf: Access.allCases.map(\.word))
        }
        return access
    }

    // MARK: Patterns

    /// The absolute patterns of a word, each once; nil if one is wrong.
    private mutating func patterns(_ word: Word, of verb: Rule.Verb) -> [Pattern]? {
        attempt { reader throws(Diagnostic) in
            let symbols = try reader.symbols(word)
            if verb != .deny { reader.warnOfWildcardBehindName(word) }
            let directory = reader.block.map { reader.draft.roots[$0.id].directory }
            var patterns: [Pattern] = []
            do throws(PatternDefect) {
                for alternative in try BraceExpansion.words(of: symbols) {
                    let pattern = try PatternCompiler.pattern(alternative, in: directory)
                    reader.charge(pattern.beginning.count + 2 * pattern.operations.count + 64, at: word.span)
                    if reader.diagnostics.isClosed { break }
                    patterns.append(pattern)
                }
            } catch {
                throw word.error(error.message)
            }
            if verb != .deny, patterns.contains(where: { $0.isExact && $0.beginning == [slash] }) {
                throw word.error("`/` is a directory: a rule is about what is in it")
            }
            guard patterns.count > 1 else { return patterns }
            var seen: Set<Pattern> = []
            return patterns.filter { seen.insert($0).inserted }
        }
    }

    /// `${vm}*` is what another VM's name may begin with.
    private mutating func warnOfWildcardBehindName(_ word: Word) {
        let mark = Array("${vm}*".utf8)
        let bytes = Array(word.bytes)
        guard !word.isQuoted, bytes.count >= mark.count else { return }
        for start in 0...(bytes.count - mark.count) where bytes[start..<start + mark.count].elementsEqual(mark) {
            let vm = escaped(variables[Array("vm".utf8)]?.value ?? [])
            diagnostics.add(
                Diagnostic(
                    .warning, at: word.span(at: start, length: mark.count),
                    "a `*` right after `${vm}`: `\(vm)*` also matches the files of a VM called `\(vm)-2`"))
            return
        }
    }

    // MARK: Adding

    private mutating func add(
        _ verb: Rule.Verb, _ access: Access, _ patterns: [Pattern], _ clauses: RuleClauses, _ statement: Statement,
        _ word: Word
    ) {
        guard checkIsNew(verb, access, patterns, statement) else { return }
        let root = block?.id ?? derivedRoot(of: patterns, at: word.span, in: statement.span)
        if verb != .deny { draft.roots[root].grants = true }
        draft.rules.append(
            RuleDraft(
                verb: verb, access: access, root: root, patterns: patterns, clauses: clauses, span: statement.span,
                patternSpan: word.span))
    }

    private mutating func checkIsNew(
        _ verb: Rule.Verb, _ access: Access, _ patterns: [Pattern], _ statement: Statement
    ) -> Bool {
        for pattern in patterns {
            let key = RuleKey(verb: verb, access: access, pattern: pattern)
            if let first = known[key] {
                let note = Diagnostic.Note("the first one is here", at: first)
                diagnostics.add(
                    Diagnostic(
                        .error, at: statement.span,
                        "the same rule twice: `\(verb.word)`, `\(access.word)` and the same absolute pattern",
                        notes: [note]))
                return false
            }
        }
        for pattern in patterns {
            known[RuleKey(verb: verb, access: access, pattern: pattern)] = statement.span
        }
        return true
    }
}
