package import HookPolicy

/// The rules of the language written down a second time, as plainly as possible and as slowly as need be.
package enum Reference {
    /// One element of a pattern.
    package enum Token: Hashable {
        case byte(UInt8)
        case anyByte
        case oneOf(Set<UInt8>, negated: Bool)
        case star
        case starStar
    }

    package struct Rule {
        package var verb: HookPolicy.Rule.Verb
        package var access: Access
        /// The absolute patterns: one for each alternative.
        package var alternatives: [[Token]]
    }

    package static let slash = UInt8(ascii: "/")

    // MARK: Patterns

    /// Whether a pattern matches a whole name. `/**/` also stands for a single `/`: both readings are tried.
    package static func matches(_ tokens: [Token], _ name: [UInt8]) -> Bool {
        if matchesPlainly(tokens[...], name[...]) { return true }
        guard tokens.count >= 3 else { return false }
        for start in 0...(tokens.count - 3)
        where tokens[start] == .byte(slash) && tokens[start + 1] == .starStar && tokens[start + 2] == .byte(slash) {
            if matches(Array(tokens[...start]) + tokens[(start + 3)...], name) { return true }
        }
        return false
    }

    private static func matchesPlainly(_ tokens: ArraySlice<Token>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let token = tokens.first else { return name.isEmpty }
        let rest = tokens.dropFirst()
        switch token {
        case .star, .starStar:
            if matchesPlainly(rest, name) { return true }
            guard let byte = name.first, token == .starStar || byte != slash else { return false }
            return matchesPlainly(tokens, name.dropFirst())
        case .byte(let expected): return name.first == expected && matchesPlainly(rest, name.dropFirst())
        case .anyByte:
            guard let byte = name.first, byte != slash else { return false }
            return matchesPlainly(rest, name.dropFirst())
        case .oneOf(let bytes, let negated):
            guard let byte = name.first, byte != slash, bytes.contains(byte) != negated else { return false }
            return matchesPlainly(rest, name.dropFirst())
        }
    }

    /// Exact or not, the length of the literal beginning, the number of literal bytes.
    package static func specificity(_ tokens: [Token]) -> [Int] {
        func isByte(_ token: Token) -> Bool {
            if case .byte = token { true } else { false }
        }
        return [tokens.allSatisfy(isByte) ? 1 : 0, tokens.prefix(while: isByte).count, tokens.count(where: isByte)]
    }

    // MARK: Decisions

    /// The name, and the directories that it lies in.
    package static func nameAndDirectories(_ name: [UInt8]) -> [[UInt8]] {
        [name, [slash]] + name.indices.dropFirst().filter { name[$0] == slash }.map { Array(name[..<$0]) }
    }

    package static func denial(_ rules: [Rule], _ name: [UInt8], _ access: Access) -> Int? {
        let names = nameAndDirectories(name)
        return rules.indices.first { id in
            let rule = rules[id]
            return rule.verb == .deny && overlap(rule.access, access)
                && rule.alternatives.contains { pattern in names.contains { matches(pattern, $0) } }
        }
    }

    package static func decide(_ rules: [Rule], _ name: [UInt8], _ access: Access) -> Verdict {
        if let rule = denial(rules, name, access) { return .denied(by: rule) }
        let deciding = mostSpecific(rules, name) { $0.verb == .allow }
        let verdict: Verdict
        switch deciding.count {
        case 0: verdict = .unlisted
        case 1: verdict = grants(rules[deciding[0]].access, access) ? .granted(deciding[0]) : .insufficient(deciding[0])
        default: return .tie(deciding[0], deciding[1])
        }
        if case .granted = verdict { return verdict }
        let learning = mostSpecific(rules, name) { $0.verb == .learn && grants($0.access, access) }
        return learning.first.map { .learning($0) } ?? verdict
    }

    /// The rules that match a name and are the most specific ones that do.
    private static func mostSpecific(_ rules: [Rule], _ name: [UInt8], where isMeant: (Rule) -> Bool) -> [Int] {
        var best: [Int] = []
        var found: [Int] = []
        for (id, rule) in rules.enumerated() where isMeant(rule) {
            for pattern in rule.alternatives where matches(pattern, name) {
                let specificity = specificity(pattern)
                if best.lexicographicallyPrecedes(specificity) {
                    best = specificity
                    found = []
                }
                if specificity == best, found.last != id { found.append(id) }
            }
        }
        return found
    }

    private static func grants(_ granted: Access, _ asked: Access) -> Bool {
        granted == .readWrite || granted == asked
    }

    private static func overlap(_ left: Access, _ right: Access) -> Bool {
        !(left == .readOnly && right == .writeOnly || left == .writeOnly && right == .readOnly)
    }
}
