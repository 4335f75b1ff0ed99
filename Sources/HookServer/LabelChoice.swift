internal import HookAudit
internal import HookLinux
internal import HookSELinux
internal import SystemPackage

/// Which label stands for an object in stage 7, and who gave it. A request and a question (`openhook explain`) choose
/// here alike.
struct LabelChoice {
    /// What the policy gives to the file: the rule, else its root.
    let given: (context: SecurityContext, source: LabelFinding.Source)?
    /// What the kernel calls the object; of a file that is missing, its directory.
    let kernel: SecurityContext?
    let labelling: Mount.Labelling

    /// For an object that is there.
    func ofObject() throws(Refusal) -> (label: ObjectLabel, source: LabelFinding.Source) {
        switch labelling {
        case .perFile, .context:
            guard let kernel else { throw Refusal(.permissionDenied, at: .label, .noLabel) }
            try requireRulesLabel(toBe: kernel)
            return (.kernel(kernel), .kernel)
        case .unknown where given == nil:
            guard let kernel else { throw Refusal(.permissionDenied, at: .label, .noLabel) }
            return (.kernel(kernel), .kernel)
        case .none, .unknown:
            // Where it is not known whether the file system keeps labels, both the policy's and the kernel's must do.
            guard let given else { throw Refusal(.permissionDenied, at: .label, .noLabel) }
            return (.policy(given.context, kernel: kernel), given.source)
        }
    }

    /// For a directory, names in which are changed.
    func ofDirectory() throws(Refusal) -> ObjectLabel {
        guard let kernel else { throw Refusal(.permissionDenied, at: .label, .noLabel) }
        switch labelling {
        case .perFile, .context,
            .unknown where given == nil:
            return .kernel(kernel)
        case .none, .unknown:
            guard let given else { throw Refusal(.permissionDenied, at: .label, .noLabel) }
            return .policy(given.context, kernel: kernel)
        }
    }

    /// For a file that is to be made.
    ///
    /// - Parameter labelOfNewFile: what a host's policy gives to a file that this broker makes in such a directory.
    func ofNewFile(
        _ labelOfNewFile: (SecurityContext) throws(Refusal) -> SecurityContext
    ) throws(Refusal) -> (directory: ObjectLabel, file: ObjectLabel, source: LabelFinding.Source) {
        switch labelling {
        case .context:
            guard let kernel else { throw Refusal(.permissionDenied, at: .label, .noLabel) }
            try requireRulesLabel(toBe: kernel)
            return (.kernel(kernel), .kernel(kernel), .kernel)
        case .perFile,
            .unknown where given == nil:
            guard let kernel else { throw Refusal(.permissionDenied, at: .label, .noLabel) }
            if let given { return (.kernel(kernel), .kernel(given.context), given.source) }
            return (.kernel(kernel), .kernel(try labelOfNewFile(kernel)), .kernel)
        case .none, .unknown:
            guard let given else { throw Refusal(.permissionDenied, at: .label, .noLabel) }
            let label = ObjectLabel.policy(given.context, kernel: kernel)
            return (label, label, given.source)
        }
    }

    /// A label that a rule names is a statement about its files; a root's is for those that have none.
    private func requireRulesLabel(toBe kernel: SecurityContext) throws(Refusal) {
        guard let given, given.source == .rule, given.context != kernel else { return }
        throw Refusal(.permissionDenied, at: .label, .ruleLabelDiffers(kernel))
    }
}
