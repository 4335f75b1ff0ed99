/// A statement to write into a policy.
package struct Suggestion: Sendable, Hashable {
    package enum Place: Sendable, Hashable {
        /// As a line of its own behind a line of a file, from 0: at its beginning.
        case after(file: Int, line: Int)
        /// Instead of the statement there.
        case replacing(SourceSpan)
    }

    /// The statement.
    package let line: [UInt8]
    package let place: Place
    /// The declared root that the statement belongs to, and is relative to.
    package let root: Root.ID?
}

extension Policy {
    /// Where to write what, in one line: ``add to vm.policy after line 24, in root `images`: allow rw disk.qcow2``.
    package func describe(_ suggestion: Suggestion) -> String {
        let statement = escaped(suggestion.line)
        return switch suggestion.place {
        case .replacing: "write instead of \(describePlace(of: suggestion)): \(statement)"
        case .after: "add to \(describePlace(of: suggestion)): \(statement)"
        }
    }

    /// Where alone: ``vm.policy after line 24, in root `images```, or the line that is replaced, `vm.policy:7`.
    package func describePlace(of suggestion: Suggestion) -> String {
        switch suggestion.place {
        case .replacing(let span): return sources.describe(span)
        case .after(let file, let line):
            var inRoot = ""
            if let root = suggestion.root, case .declared(let name) = roots[root].declaration {
                inRoot = ", in root `\(escaped(name))`"
            }
            return "\(sources.displayName(ofFile: file)) after line \(line)\(inRoot)"
        }
    }

    /// The deepest declared root that a name lies in.
    func declaredRoot(of name: [UInt8]) -> Root.ID? {
        var deepest: Root.ID?
        for (id, root) in roots.enumerated() where root.isDeclared && root.end != nil {
            guard name.count > root.directory.prefix.count, name.starts(with: root.directory.prefix) else { continue }
            if let found = deepest, roots[found].directory.bytes.count >= root.directory.bytes.count { continue }
            deepest = id
        }
        return deepest
    }

    /// A rule for one name.
    func statement(
        _ name: [UInt8], _ access: Access, _ purpose: Purpose, in root: Root.ID?, clauses: [[UInt8]] = []
    ) -> Suggestion? {
        guard let path = AbsolutePath(name), path != .root else { return nil }
        let pattern = root.map { Array(path.bytes.dropFirst(roots[$0].directory.prefix.count)) } ?? path.bytes
        var words = ["allow", access.word].map { Array($0.utf8) } + [WordWriter.word(pattern)]
        let creates = clauses.first?.elementsEqual("create".utf8) == true
        if purpose == .creating, !creates { words.append(Array("create".utf8)) }
        let line = Array((words + clauses).joined(separator: [blank]))
        guard line.count <= LineReader.longestLine else { return nil }
        return Suggestion(line: line, place: place(in: root), root: root)
    }

    /// Before the `}` of a root's block, or at the end of the main file.
    func place(in root: Root.ID?) -> Suggestion.Place {
        if let end = root.flatMap({ roots[$0].end }) { return .after(file: end.file, line: end.line - 1) }
        return .after(file: 0, line: sources.files.first?.lineCount ?? 0)
    }

    // MARK: Instead of a rule that grants too little

    /// What grants a request that the deciding rule does not.
    ///
    /// A rule with wildcards gets a more specific one for the name beside it, which says the same in all else. A rule
    /// for this one name is replaced: a second one would tie with it. One of several alternatives cannot be widened
    /// alone.
    func extending(_ id: Rule.ID, to name: [UInt8], _ access: Access, _ purpose: Purpose) -> Suggestion? {
        let rule = rules[id]
        let widened = rule.access.union(access)
        guard purpose == .opening || rule.kinds.contains(.file) else { return nil }
        if rule.exactName != nil { return replacing(rule, access: widened, purpose) }
        guard !rule.patterns.contains(where: { isExact($0, name) }) else { return nil }
        return statement(
            name, widened, purpose, in: roots[rule.root].isDeclared ? rule.root : nil,
            clauses: rule.withoutLimit.clauses(besides: roots[rule.root]))
    }

    /// The same for `delete`, which is of use with writing alone.
    func extendingToDelete(_ id: Rule.ID, _ name: [UInt8]) -> Suggestion? {
        guard let wider = extending(id, to: name, .writeOnly, .opening) else { return nil }
        return Suggestion(line: wider.line + Array(" delete".utf8), place: wider.place, root: wider.root)
    }

    private func isExact(_ pattern: Int, _ name: [UInt8]) -> Bool {
        storage.patterns.records[pattern].isExact && storage.patterns.matches(pattern, name.span)
    }

    private func replacing(_ rule: Rule, access: Access, _ purpose: Purpose) -> Suggestion? {
        let text = rule.text
        let verb = Array(rule.verb.word.utf8)
        guard let begin = text.dropFirst(verb.count).firstIndex(where: { $0 != blank && $0 != tab }) else { return nil }
        var line = Array(text[..<begin]) + Array(access.word.utf8) + text[(begin + 2)...]
        if purpose == .creating, rule.creation == nil { line += Array(" create".utf8) }
        return Suggestion(
            line: line, place: .replacing(rule.span), root: roots[rule.root].isDeclared ? rule.root : nil)
    }

    /// A rule for the name that is more specific than two that tie; nil if one of them is for that name itself.
    func untying(
        _ first: Rule.ID, _ second: Rule.ID, _ name: [UInt8], _ access: Access, _ purpose: Purpose
    ) -> Suggestion? {
        let patterns = [rules[first], rules[second]].flatMap(\.patterns)
        guard !patterns.contains(where: { isExact($0, name) }) else { return nil }
        return statement(name, access, purpose, in: declaredRoot(of: name))
    }
}

extension Rule {
    /// The same with no `limit`, which counts what a pattern matches.
    fileprivate var withoutLimit: Rule {
        guard let creation else { return self }
        return Rule(
            verb: verb, access: access, root: root, exactName: exactName,
            creation: Creation(mode: creation.mode, owner: creation.owner, limit: nil), deletion: deletion,
            kinds: kinds, label: label, symlinks: symlinks, hardLinks: hardLinks, span: span, patternSpan: patternSpan,
            patterns: patterns,
            storage: storage)
    }
}
