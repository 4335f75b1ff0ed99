/// Reads the clauses of an `allow`.
struct ClauseReader {
    enum Clause: String, CaseIterable {
        case create, mode, owner, limit, delete, kind, label, symlinks
        case hardLinks = "hardlinks"

        var usage: String {
            switch self {
            case .create: "create"
            case .mode: "mode 0600"
            case .owner: "owner USER[:GROUP]"
            case .limit: "limit N"
            case .delete: "delete"
            case .kind: "kind file|block|char"
            case .label: "label CONTEXT"
            case .symlinks: "symlinks none|inside|follow"
            case .hardLinks: "hardlinks allow"
            }
        }

        init?(_ word: Word) {
            guard let clause = Clause.allCases.first(where: { word.isBare($0.rawValue) }) else { return nil }
            self = clause
        }
    }

    private(set) var clauses = RuleClauses()
    private var words: ArraySlice<Word>
    private var seen: [Clause: Word] = [:]

    init(words: ArraySlice<Word>) {
        self.words = words
    }

    /// Reads all of them, and reports each error.
    mutating func read(_ reader: inout PolicyReader) {
        while let word = words.popFirst() {
            guard let clause = Clause(word) else {
                reader.diagnostics.add(unknown(word))
                continue
            }
            if let first = seen[clause], clause != .kind {
                let note = Diagnostic.Note("the first one is here", at: first.span)
                reader.diagnostics.add(word.error("a second `\(clause.rawValue)`", notes: [note]))
            }
            seen[clause] = word
            do throws(Diagnostic) {
                try read(clause, word, &reader)
            } catch {
                reader.diagnostics.add(error)
            }
        }
    }

    /// That a word is no clause. What seem to be its arguments is skipped.
    private mutating func unknown(_ word: Word) -> Diagnostic {
        let meant = closestWord(to: word.bytes, among: Clause.allCases.map(\.rawValue))
        while let next = words.first, Clause(next) == nil, closestClause(next) == nil { words.removeFirst() }
        return word.error("unknown clause `\(word.shown)`", suggestion: meant)
    }

    private func closestClause(_ word: Word) -> String? {
        word.bytes.count > 3 ? closestWord(to: word.bytes, among: Clause.allCases.map(\.rawValue)) : nil
    }

    private mutating func read(
        _ clause: Clause, _ word: Word, _ reader: inout PolicyReader
    ) throws(Diagnostic) {
        switch clause {
        case .create: clauses.creates = true
        case .mode: clauses.mode = try mode(try argument(of: clause, word))
        case .owner: clauses.owner = try reader.userAndGroup(try argument(of: clause, word), as: "a user")
        case .limit: clauses.limit = try reader.number(try argument(of: clause, word), as: "a limit")
        case .delete: clauses.deletion = .allowed
        case .kind: try readKinds(word, reader)
        case .label: clauses.label = try reader.label(try argument(of: clause, word))
        case .symlinks: clauses.symlinks = try symlinks(try argument(of: clause, word), reader)
        case .hardLinks:
            let argument = try argument(of: clause, word)
            guard argument.isBare("allow") else { throw reader.unknown("word", argument, oneOf: ["allow"]) }
            clauses.hardLinks = .allowed
        }
    }

    private mutating func argument(of clause: Clause, _ word: Word) throws(Diagnostic) -> Word {
        guard let argument = words.popFirst() else { throw word.error("expected `\(clause.usage)`") }
        return argument
    }

    private func mode(_ word: Word) throws(Diagnostic) -> UInt32 {
        let isOctal = (3...4).contains(word.bytes.count) && word.bytes.allSatisfy { isDigit($0) }
        guard isOctal, let mode = UInt32(escaped(word.bytes), radix: 8), mode <= 0o777 else {
            throw word.error("a mode is an octal number from 0000 to 0777")
        }
        return mode
    }

    private func symlinks(_ word: Word, _ reader: PolicyReader) throws(Diagnostic) -> SymlinkRule {
        let choices = [SymlinkRule.none, .inside, .follow]
        guard let symlinks = choices.first(where: { word.isBare($0.word) }) else {
            throw reader.unknown("word", word, oneOf: choices.map(\.word))
        }
        return symlinks
    }

    private mutating func readKinds(_ word: Word, _ reader: PolicyReader) throws(Diagnostic) {
        guard let first = words.first else { throw word.error("expected `\(Clause.kind.usage)`") }
        var count = 0
        while let next = words.first, let kind = FileKinds.words.first(where: { next.isBare($0.word) })?.kind {
            words.removeFirst()
            count += 1
            guard clauses.kinds?.contains(kind) != true else { throw next.error("`\(next.shown)` is named twice") }
            clauses.kinds = (clauses.kinds ?? []).union(kind)
        }
        guard count == 0 else { return }
        if Clause(first) == nil { words.removeFirst() }
        throw reader.unknown("kind", first, oneOf: FileKinds.words.map(\.word))
    }

    // MARK: Clauses that depend on each other, or on the pattern

    func check(_ patterns: [Pattern], _ access: Access?, _ reader: inout PolicyReader) {
        if let word = seen[.delete], access == .readOnly {
            reader.diagnostics.add(word.error("`delete` with `ro`: only what may be written may be removed"))
        }
        for clause in [Clause.mode, .owner, .limit] where seen[.create] == nil {
            guard let word = seen[clause] else { continue }
            reader.diagnostics.add(word.error("`\(clause.rawValue)` without `create`"))
        }
        if let word = seen[.kind], clauses.creates, clauses.kinds?.contains(.file) == false {
            reader.diagnostics.add(word.error("`create` makes regular files, and `kind` does not name `file`"))
        }
        if let word = seen[.symlinks], clauses.symlinks == .follow {
            if patterns.count != 1 || patterns.contains(where: { !$0.isExact }) {
                reader.diagnostics.add(
                    word.error("`symlinks follow` needs one exact name: no wildcards, no alternatives"))
            }
        }
        if let word = seen[.limit] {
            let directories = Set(patterns.map(\.literalDirectory))
            if directories.count > 1 || patterns.contains(where: { !$0.staysInDirectory }) {
                reader.diagnostics.add(
                    word.error("`limit` counts the names in one directory: wildcards in the last component only"))
            }
        }
    }
}
