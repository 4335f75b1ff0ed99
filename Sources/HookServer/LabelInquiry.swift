internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import SystemPackage

/// Finds out what stage 7 says to a question, by the choice of labels and by the check that requests have.
struct LabelInquiry {
    let rule: Rule.ID
    let peer: SecurityContext
    let flags: RequestedFlags
    let object: GivenObjectLabel
    let policy: Policy
    let authority: LabelAuthority

    /// What is asked about.
    private enum Matter {
        case object(ObjectLabel)
        case creation(directory: ObjectLabel, file: ObjectLabel)

        var deciding: SecurityContext {
            switch self {
            case .object(let label), .creation(_, let label): label.deciding
            }
        }
    }

    /// - Throws: what the label stage of a server would.
    func answer() throws(Refusal) -> LabelAnswer {
        guard let (matter, source) = try matter() else {
            return LabelAnswer(
                context: nil, source: nil, finding: obstacle().found ?? (flags.creates ? .newFilesOwn : .filesOwn))
        }
        return LabelAnswer(context: matter.deciding, source: source, finding: try ask(matter))
    }

    /// Nil if the label is not known without the file.
    private func matter() throws(Refusal) -> (Matter, LabelFinding.Source)? {
        let given = try OpenAuthority.policyLabel(of: rule, for: peer, in: policy)
        let choice: LabelChoice
        switch object {
        case .none:
            guard given != nil else { return nil }
            choice = LabelChoice(given: given, kernel: nil, labelling: .none)
        case .own(let kernel):
            guard given != nil || !flags.creates else { return nil }
            choice = LabelChoice(given: given, kernel: kernel, labelling: .perFile)
        case .mount(let kernel):
            choice = LabelChoice(given: given, kernel: kernel, labelling: .none)
        }
        guard flags.creates else {
            let (label, source) = try choice.ofObject()
            return (.object(label), source)
        }
        let (directory, file, source) = try choice.ofNewFile { $0 }
        return (.creation(directory: directory, file: file), source)
    }

    /// Who answers, or why nobody does.
    private func obstacle() -> (check: LabelCheck?, found: LabelAnswer.Finding?) {
        guard policy.selinux != .off else { return (nil, .policySaysOff) }
        do throws(LabelStartupFailure) {
            switch authority {
            case .policy(let engine, let server): return (try LabelCheck(asking: engine, own: server), nil)
            case .kernel(let labels):
                // `require` where there is no SELinux is for the server to refuse: here it is an answer.
                let check = try LabelCheck(.ifEnabled, through: labels)
                return check.kernel == .on ? (check, nil) : (nil, .kernelHasNoLabels)
            }
        } catch {
            return (nil, .unavailable(error))
        }
    }

    private func ask(_ matter: Matter) throws(Refusal) -> LabelAnswer.Finding {
        let (check, found) = obstacle()
        guard let check else { return found ?? .policySaysOff }
        let access = OpenAuthority.permissions(flags)
        do throws(LabelRefusal) {
            switch matter {
            case .object(let label):
                return .asked(try check.check(subject: peer, object: label, kind: kind, access: access))
            case .creation(let directory, let file):
                return .asked(try check.checkCreation(subject: peer, parent: directory, file: file, access: access))
            }
        } catch {
            if case .withheld = error, case .kernel = authority { return .withheld(error) }
            throw Refusal(.permissionDenied, at: .label, .label(error))
        }
    }

    /// The class of the file that the rule is for; of several, the first one.
    private var kind: ObjectClass {
        let kinds = policy.rules[rule].kinds
        return kinds.contains(.file) ? .file : kinds.contains(.block) ? .blockDevice : .characterDevice
    }
}
