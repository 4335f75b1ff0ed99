import HookAudit
import HookLinux
import HookPolicy
import HookSELinux
import HookSepol
import HookServer
import HookWire

/// What `openhook explain` says, for people.
struct ExplainReport {
    let policy: Policy
    /// The name as it was given.
    let asked: [UInt8]
    let flags: OpenFlags
    let answer: PolicyQuestion.Answer
    /// What in the SELinux policy denies it, where that policy is in a file.
    let reasons: [DenialReason]

    var isGranted: Bool {
        if case .granted = answer.outcome { true } else { false }
    }

    func text(on page: Page) -> String {
        var card: Card
        let request = "\(escaped(answer.name.isEmpty ? asked : answer.name)), \(flags)"
        switch answer.outcome {
        case .granted(let verdict, let rule):
            card = Card("granted: \(request)")
            describe(rule, verdict, &card)
            describeLabel(&card)
            card.add(
                "later", "the server still checks the file itself: the way to it, its kind, links, real name and label")
        case .refused(let refusal, let story):
            card = Card("refused: \(request): \(refusal.errno.described)")
            card.add("why", story.reason)
            card.add("stage", refusal.stage.rawValue.description)
            if let rule = story.rule { card.add("rule", escaped(policy.rules[rule].text), .whole) }
            for reason in reasons { card.add("SELinux", reason.description, .whole) }
            describe(story, &card)
        case .disconnected(let refusal):
            card = Card("refused: \(request): the connection is closed")
            card.add("why", "\(refusal)")
            card.add("stage", "peer")
        }
        if answer.climbedAsText {
            card.add("note", "`..` is taken as text here; a server resolves what stands before it, links included")
        }
        return card.text(on: page)
    }

    private func describe(_ rule: Rule.ID, _ verdict: Verdict, _ card: inout Card) {
        let terms = RuleTerms(rule, in: policy)
        card.add("rule", "\(policy.describe(rule)): \(escaped(policy.rules[rule].text))", .whole)
        if case .learning = verdict {
            card.add("learn", "no rule grants it: `learn` lets it through, recorded as would-deny")
        }
        card.add("grants", terms.access)
        card.add("root", terms.root)
        card.add("kinds", terms.kinds)
        card.add("links", terms.links)
        card.add("create", terms.creation)
    }

    private func describe(_ story: Refusal.Story, _ card: inout Card) {
        guard let suggestion = story.suggestion else {
            switch refusalReason {
            case .verdict(.denied): card.add("to do", "no line can be added: a `deny` always wins")
            case .relativeName:
                card.add("to do", "ask for the absolute name, or say in the policy where relative names begin:")
                card.add("", "directory PATH", .whole)
            default: break
            }
            return
        }
        let place = policy.describePlace(of: suggestion)
        switch suggestion.place {
        case .replacing: card.add("write", "instead of \(place):")
        case .after: card.add("add", "to \(place):")
        }
        card.add("", escaped(suggestion.line), .whole)
    }

    private var refusalReason: Refusal.Reason? {
        if case .refused(let refusal, _) = answer.outcome { refusal.reason } else { nil }
    }

    private func describeLabel(_ card: inout Card) {
        guard let label = answer.label else { return }
        if let context = label.context, let source = label.source {
            card.add("label", "\(context), \(source.words)")
        } else {
            card.add("label", "the policy gives none: the file's own decides, and a file without one is refused")
        }
        card.add("SELinux", label.finding.words)
    }
}

extension LabelAnswer.Source {
    /// For programs, as in audit records.
    var code: String {
        switch self {
        case .kernel: "kernel"
        case .rule: "rule"
        case .root: "root"
        }
    }

    var words: String {
        switch self {
        case .kernel: "the file's own"
        case .rule: "from the rule"
        case .root: "from the root"
        }
    }
}

extension LabelAnswer.Finding {
    /// For programs.
    var code: String {
        switch self {
        case .kernelHasNoLabels: "kernel-has-none"
        case .policySaysOff: "policy-says-off"
        case .filesOwn: "depends-on-file"
        case .newFilesOwn: "depends-on-directory"
        case .asked(.allowed): "allowed"
        case .asked(.permissive): "permissive"
        case .withheld: "withheld"
        case .unavailable: "unavailable"
        }
    }

    var words: String {
        switch self {
        case .kernelHasNoLabels: "not asked: this kernel has none"
        case .policySaysOff: "not asked: the policy says `selinux off`"
        case .filesOwn: "not asked: it depends on the file's own label"
        case .newFilesOwn: "not asked: it depends on the label that the host's policy gives to a file made there"
        case .asked(.allowed): "allows it"
        case .asked(.permissive(let denials)):
            "would deny it, and is permissive: " + denials.map(\.rule).joined(separator: "; ")
        case .withheld(let refusal): "\(refusal); with this command's own label in the place of openhookd's"
        case .unavailable(let failure): "cannot be asked: \(failure)"
        }
    }
}
