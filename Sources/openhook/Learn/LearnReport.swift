import HookAuthoring
import HookPolicy

/// What `openhook learn` says.
struct LearnReport {
    let session: LearnSession
    let policy: Policy

    private static let mostShown = 5

    // MARK: Before

    /// How much was read, and what was made of it.
    var summary: String {
        let list = session.wishes
        let records = session.reading.records
        var text = "\(records) record\(records == 1 ? "" : "s"): \(list.grantedCount) granted as before, "
        text +=
            "\(list.wishes.count) name\(list.wishes.count == 1 ? "" : "s") lack\(list.wishes.count == 1 ? "s" : "") a rule\n"
        let remarks: [(Int, String)] = [
            (list.grantedSinceCount, "refused then and granted by now"),
            (list.outsideCount, "refused and outside of --within"),
            (list.lookCount, "looked for, under names without a rule (stat, access): nothing would have been opened"),
            (list.foreignCount, "of another VM than `\(escaped(policy.vm))`, left out"),
            (list.excessCount, "refused for further names (run it again afterwards, or narrow it with --within)"),
            (
                session.reading.defects,
                "lines that are no audit records, the first is line \(session.reading.firstDefect ?? 0)"
            ),
        ]
        for (count, words) in remarks where count > 0 { text += "note: \(words): \(count)\n" }
        return text
    }

    /// All that is proposed.
    var proposals: String {
        var text = ""
        for pattern in session.patterns { text += "\n" + self.text(of: pattern) }
        for (index, item) in session.items.enumerated() where item.pattern == nil {
            text += "\n" + self.text(of: item, number: index + 1)
        }
        return text
    }

    func text(of item: LearnSession.Item, number: Int) -> String {
        var text = "\(number) of \(session.items.count): " + asked(item.wish) + self.text(of: item.allow.suggestion)
        if let remark = DiskMatches.remark(on: item.wish.name) { text += "  note  \(remark)\n" }
        if let pattern = item.pattern {
            text += "  or, as a pattern:\n" + self.text(of: session.patterns[pattern])
        }
        return text
    }

    private func asked(_ wish: Wish) -> String {
        let create = wish.creates ? " create" : ""
        let times = wish.count == 1 ? "once" : "\(wish.count) times"
        var record = "line \(wish.line)"
        if let time = wish.time { record += ", \(escaped(time))" }
        if let pid = wish.peerPid { record += ", process \(pid)" }
        let verb = wish.isLearned ? "let through by `learn`" : "refused"
        return "\(escaped(wish.name))\n  asked \(wish.access.word)\(create), \(verb) \(times), first in \(record)\n"
    }

    private func text(of suggestion: Suggestion) -> String {
        let (statement, place) = (escaped(suggestion.line), policy.describePlace(of: suggestion))
        return switch suggestion.place {
        case .replacing(let span):
            "  write \(statement)\n  for   \(escaped(policy.sources.bytes(of: span))) (\(place))\n"
        case .after: "  add   \(statement)\n  to    \(place)\n"
        }
    }

    private func text(of pattern: Proposal) -> String {
        var text = self.text(of: pattern.suggestion) + "  for   \(pattern.wishes.count) names that were asked for: "
        text += shown(pattern.wishes.map(\.name)) + "\n"
        guard let names = pattern.pattern else { return text }
        let others = DiskMatches.others(of: names, besides: pattern.wishes)
        text += "  and   "
        return text
            + (others.isEmpty ? "nothing else that exists now\n" : "\(others.count) that exist now: \(shown(others))\n")
    }

    private func shown(_ names: [[UInt8]]) -> String {
        let some = names.prefix(Self.mostShown).map { escaped($0) }.joined(separator: "  ")
        return names.count > Self.mostShown ? some + "  ..." : some
    }

    // MARK: What gets no rule

    /// Obstacles, and lines for other files.
    var rest: String {
        var text = ""
        for work in session.byHand { text += "\nby hand: " + asked(work.wish) + self.text(of: work.reason) }
        for obstacle in session.wishes.obstacles {
            let times = obstacle.count == 1 ? "once" : "\(obstacle.count) times"
            let name = obstacle.name.isEmpty ? "a connection" : escaped(obstacle.name)
            text +=
                "\nno rule: \(name)\n  refused \(times) at stage \(obstacle.stage), first in line \(obstacle.line)\n"
            text += "  why   \(obstacle.reason)\n  to do \(obstacle.advice)\n"
        }
        return text
    }

    private func text(of reason: HandWork.Reason) -> String {
        switch reason {
        case .otherFile(let suggestion):
            text(of: suggestion) + "  note  other VMs' policies may include that file\n"
        case .noLine:
            "  note  no line can be added for it: change the rule that decides (`openhook explain` names it)\n"
        case .systemName(let objection):
            "  note  it \(objection): whoever has taken over a QEMU chooses such names, so none is proposed\n"
        }
    }

    // MARK: After

    func text(
        of outcome: LearnSession.Outcome, _ decisions: LearnSession.Decisions, _ written: LearnedPolicyFile.Written
    ) -> String {
        var text = "\nreplayed \(outcome.replayed) requests: all that was granted still is, nothing else is added\n"
        text += "wrote \(escaped(written.file)): \(count(decisions.allowed, "rule"))"
        if !decisions.denied.isEmpty { text += ", \(count(decisions.denied, "deny"))" }
        text += "\n"
        if let kept = written.kept { text += "the old one is \(escaped(kept))\n" }
        let learning = outcome.policy.rules.filter { $0.verb == .learn }
        for rule in learning {
            text +=
                "note: \(outcome.policy.sources.describe(rule.span)) still says `\(escaped(rule.text))`: "
                + "take it out when nothing is missing any more\n"
        }
        return text + "next: openhook check \(escaped(written.file)), then reload the server\n"
    }

    private func count(_ proposals: [Proposal], _ word: String) -> String {
        "\(proposals.count) \(word)\(proposals.count == 1 ? "" : "s")"
    }

    func text(of violations: [LearnReplay.Violation], count: Int) -> String {
        var text = ""
        for violation in violations {
            let create = violation.creates ? " create" : ""
            text +=
                "  \(violation.kind.words): \(violation.access.word)\(create) \(escaped(violation.name)) "
                + "(line \(violation.line) of the trail)\n"
        }
        let rest = count - violations.count
        return rest > 0 ? text + "  and \(rest) more\n" : text
    }
}

extension LearnReplay.Violation.Kind {
    var words: String {
        switch self {
        case .lost: "was granted, and would be no longer"
        case .notGranted: "was agreed to, and would not be granted"
        case .unasked: "would be granted, and nobody agreed to that"
        }
    }
}
