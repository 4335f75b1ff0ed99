package import HookPolicy

/// What a policy says about one name, for every access: what `Policy.decide` would say to each.
package struct NameVerdicts: Hashable, Sendable {
    package let readOnly, writeOnly, readWrite: Verdict

    package subscript(_ access: Access) -> Verdict {
        switch access {
        case .readOnly: readOnly
        case .writeOnly: writeOnly
        case .readWrite: readWrite
        }
    }

    package init(_ verdict: (Access) -> Verdict) {
        readOnly = verdict(.readOnly)
        writeOnly = verdict(.writeOnly)
        readWrite = verdict(.readWrite)
    }

    /// From all patterns that match the name, in the order of the policy.
    init(of matches: [ComparedPattern]) {
        self.init { Self.verdict($0, matches) }
    }

    private static func verdict(_ access: Access, _ matches: [ComparedPattern]) -> Verdict {
        let deny = matches.first { $0.verb == .deny && $0.access.overlaps(access) }
        if let deny { return .denied(by: deny.rule) }
        let verdict: Verdict
        let deciding = mostSpecific(of: matches.filter { $0.verb == .allow })
        switch deciding.count {
        case 0: verdict = .unlisted
        case 1:
            verdict = deciding[0].access.covers(access) ? .granted(deciding[0].rule) : .insufficient(deciding[0].rule)
        default: return .tie(deciding[0].rule, deciding[1].rule)
        }
        if case .granted = verdict { return verdict }
        let learning = mostSpecific(of: matches.filter { $0.verb == .learn && $0.access.covers(access) })
        return learning.first.map { .learning($0.rule) } ?? verdict
    }

    /// One pattern of each rule that is among the most specific ones.
    private static func mostSpecific(of matches: [ComparedPattern]) -> [ComparedPattern] {
        var best: [ComparedPattern] = []
        for match in matches {
            guard let first = best.first else {
                best = [match]
                continue
            }
            if first.specificity < match.specificity {
                best = [match]
            } else if first.specificity == match.specificity, best.last?.rule != match.rule {
                best.append(match)
            }
        }
        return best
    }
}

extension ComparedPattern {
    /// An exact name before a pattern, then the longer literal beginning, then more literal bytes.
    var specificity: (Int, Int, Int) { isExact ? (1, 0, 0) : (0, beginningCount, literalCount) }
}

extension Verdict {
    /// The rule that grants; nil if nothing is granted.
    package var grantingRule: Rule.ID? {
        switch self {
        case .granted(let rule), .learning(let rule): rule
        case .denied, .insufficient, .tie, .unlisted: nil
        }
    }
}
