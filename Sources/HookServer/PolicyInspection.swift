package import HookLinux
package import HookPolicy
package import HookSELinux

/// All that a server would find out about a policy at its start, without a server.
package struct PolicyInspection: Sendable {
    /// Nil if a diagnostic of the text itself is an error.
    package let policy: Policy?
    /// Errors and warnings in the order of the text, of what it says and of what it names on this system.
    package let diagnostics: [Diagnostic]
    package let sources: SourceMap
    /// Nil without a policy.
    package let labels: Labels?
    /// Who may ask, as far as the users and groups are known here. Nil without a policy.
    package let peers: PeerRules?
    /// Why a server with a listening socket would not start here; nil also where a user or group is unknown.
    package let unnamedAskers: UnnamedAskers?

    /// What would become of label checks on this system.
    package enum Labels: Sendable {
        case checked(SELinuxMode)
        case notChecked(LabelPlan.NoCheckReason)
        /// The server would not start here.
        case unavailable(LabelStartupFailure)

        /// Where they must be and cannot, that is why the server would not start: no other reason is looked for.
        var mayBeChecked: Bool {
            switch self {
            case .checked, .unavailable: true
            case .notChecked: false
            }
        }
    }
}

extension PolicyLoader {
    /// - Parameter path: the policy's file.
    package init(reading path: SystemPath, _ ownership: Ownership, pipes: SmallFile.Pipes = .neverAwaited) {
        self.init(path: path, ownership: ownership, labels: LibSELinux(), mounts: MountTable(), pipes: pipes)
    }

    /// Reads the policy, and looks up its users and opens its roots as a server would, with this process's rights.
    ///
    /// - Throws: `unreadable` and `untrusted` alone: everything else is a diagnostic.
    package func inspect() throws(Failure) -> PolicyInspection {
        let parsed: Parsed
        do throws(Failure) { parsed = try parse() } catch .wrong(let diagnostics, let sources) {
            return PolicyInspection(
                policy: nil, diagnostics: diagnostics, sources: sources, labels: nil, peers: nil, unnamedAskers: nil)
        }
        let policy = parsed.policy
        let descriptors: DescriptorDirectory
        do { descriptors = try DescriptorDirectory(of: .process) } catch { throw .unreadable(error) }
        var system = PolicySystem(policy)
        let roots = system.openRoots(descriptors, mounts)
        _ = system.identities()
        _ = system.owners()
        let peers = system.peers()
        let labels = inspectLabels(policy)
        let review = RootReview(policy: policy, held: roots.held, facts: roots.facts)
        var warnings = parsed.warnings + review.foldingNames()
        if case .checked = labels { warnings += review.unlabelled() }
        return PolicyInspection(
            policy: policy, diagnostics: (warnings + system.diagnostics).sorted { $0.span < $1.span },
            sources: policy.sources, labels: labels, peers: peers,
            unnamedAskers: system.diagnostics.isEmpty
                ? peers.unnamedAskers(checkingLabels: labels.mayBeChecked) : nil)
    }

    private func inspectLabels(_ policy: Policy) -> PolicyInspection.Labels {
        do throws(LabelStartupFailure) {
            let check = try LabelCheck(LabelRequirement(policy.selinux), through: labels)
            switch (check.requirement, check.kernel) {
            case (.off, _): return .notChecked(.policySaysOff)
            case (.ifEnabled, .off): return .notChecked(.kernelHasNoLabels)
            case (.require, _), (.ifEnabled, .on): return .checked(check.mode)
            }
        } catch {
            return .unavailable(error)
        }
    }
}
