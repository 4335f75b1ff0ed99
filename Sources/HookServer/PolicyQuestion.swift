internal import HookAudit
internal import HookLinux
package import HookPolicy
package import HookSELinux
internal import SystemPackage

/// The decision's pure stages, for a question rather than a request: what would be answered, as far as that can be
/// told without touching the file. The stages are those of `OpenAuthority`, in their order.
package struct PolicyQuestion: Sendable {
    /// As a client would send it.
    package let name: [UInt8]
    /// `O_` flags. With `O_CREAT` the question is about a name that is missing.
    package let flags: UInt32
    /// The label that the client is to have; nil: labels are no part of the question.
    package let peerLabel: SecurityContext?
    package let objectLabel: GivenObjectLabel

    package init(
        name: [UInt8], flags: UInt32, peerLabel: SecurityContext?, objectLabel: GivenObjectLabel = .none
    ) {
        self.name = name
        self.flags = flags
        self.peerLabel = peerLabel
        self.objectLabel = objectLabel
    }

    package enum Outcome: Sendable {
        case granted(Verdict, Rule.ID)
        case refused(Refusal, Refusal.Story)
        /// The client would not get as far as a request.
        case disconnected(LabelPlan.ConnectionRefusal)
    }

    package struct Answer: Sendable {
        package let outcome: Outcome
        /// The name that was decided about; empty if the flags or the name are refused.
        package let name: [UInt8]
        package let access: Access?
        /// `..` was taken out of the name as text. A server resolves what stands before it.
        package let climbedAsText: Bool
        /// Where the question has a label and a rule decided.
        package let label: LabelAnswer?
    }

    /// The answer to a question without labels.
    package func answer(by policy: Policy) -> Answer { answer(by: policy, asking: nil) }

    /// - Parameter authority: who knows what SELinux says; nil: labels are no part of the question.
    package func answer(by policy: Policy, asking authority: LabelAuthority?) -> Answer {
        var steps = QuestionSteps(question: self, policy: policy, authority: authority)
        let outcome = steps.outcome()
        return Answer(
            outcome: outcome, name: steps.cleaned.bytes, access: steps.access, climbedAsText: steps.climbedAsText,
            label: steps.label)
    }
}

/// One question on its way through the stages, and what was found so far.
private struct QuestionSteps {
    let question: PolicyQuestion
    let policy: Policy
    let authority: LabelAuthority?
    var cleaned = SystemPath()
    var access: Access?
    var climbedAsText = false
    var label: LabelAnswer?

    mutating func outcome() -> PolicyQuestion.Outcome {
        if let peer = question.peerLabel, policy.selinux != .off {
            let plan = LabelPlan.decide(
                LabelRequirement(policy.selinux), kernel: .on, peer: .labelled(peer),
                pins: policy.peers.pins)  // stage 1
            if case .refuse(let refusal) = plan { return .disconnected(refusal) }
        }
        do throws(Refusal) {
            let flags = try RequestedFlags(question.flags)  // 2
            access = flags.access
            try clean()  // 3
            let rule = try OpenAuthority.rule(for: cleaned.span, flags.access, in: policy)  // 4
            var granted = (verdict: policy.decide(cleaned.span, flags.access), rule: rule)
            if flags.creates, policy.rules[rule].creation == nil {
                guard let learning = policy.learnedCreation(insteadOf: rule, cleaned.span, flags.access) else {
                    throw Refusal(.permissionDenied, at: .create, .mayNotCreate(rule))
                }
                granted = (.learning(learning), learning)
            }
            if let peer = question.peerLabel, let authority {
                label = try LabelInquiry(
                    rule: granted.rule, peer: peer, flags: flags, object: question.objectLabel, policy: policy,
                    authority: authority
                ).answer()  // 7
            }
            return .granted(granted.verdict, granted.rule)
        } catch {
            let creating = (try? RequestedFlags(question.flags))?.creates ?? false
            let story = error.story(
                name: cleaned.bytes, access: access ?? .readOnly, creating: creating, policy)
            return .refused(error, story)
        }
    }

    private mutating func clean() throws(Refusal) {
        var name = SystemPath()
        var hasClimbed = false
        try RequestedName.clean(question.name.span, base: policy.directory, into: &name) { prefix in
            hasClimbed = true
            prefix.truncate(to: max(1, prefix.lastComponentStart - 1))
        }
        cleaned = name
        climbedAsText = hasClimbed
    }
}
