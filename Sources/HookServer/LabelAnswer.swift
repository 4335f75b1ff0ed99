internal import HookAudit
internal import HookPolicy
package import HookSELinux
internal import SystemPackage

/// Stage 7 for a question: the label that the policy gives to a file, and what SELinux says of it.
package struct LabelAnswer: Sendable {
    package enum Source: Sendable { case rule, root }

    package enum Finding: Sendable {
        /// Nothing was asked, because there is nobody to ask.
        case kernelHasNoLabels
        /// `selinux off`
        case policySaysOff
        /// The policy gives none: the file's own label decides, and a file without one is refused.
        case filesOwn
        case asked(LabelVerdict)
        /// The descriptor would be kept from the client. It depends on the label of the server, for which this
        /// process's own stood here.
        case withheld(LabelRefusal)
        case unavailable(LabelStartupFailure)
    }

    /// The label that the policy gives, with the peer's level in it.
    package let context: SecurityContext?
    package let source: Source?
    package let finding: Finding

    /// - Throws: what the label stage of a server would.
    init(
        of id: Rule.ID, for peer: SecurityContext, _ flags: RequestedFlags, in policy: Policy,
        asking labels: any SELinuxInterface
    ) throws(Refusal) {
        let given = try OpenAuthority.policyLabel(of: id, for: peer, in: policy)
        context = given?.context
        source = given.map { $0.source == .rule ? .rule : .root }
        finding = try Self.ask(given?.context, peer, policy.rules[id].kinds, flags, policy.selinux, labels)
    }

    private static func ask(
        _ context: SecurityContext?, _ peer: SecurityContext, _ kinds: FileKinds, _ flags: RequestedFlags,
        _ requirement: SELinuxRequirement, _ labels: any SELinuxInterface
    ) throws(Refusal) -> Finding {
        guard requirement != .off else { return .policySaysOff }
        let check: LabelCheck
        // `require` where there is no SELinux is for the server to refuse: here it is an answer.
        do { check = try LabelCheck(.ifEnabled, through: labels) } catch { return .unavailable(error) }
        guard check.kernel == .on else { return .kernelHasNoLabels }
        guard let context else { return .filesOwn }
        let kind: ObjectClass =
            kinds.contains(.file) ? .file : kinds.contains(.block) ? .blockDevice : .characterDevice
        do throws(LabelRefusal) {
            return .asked(
                try check.check(
                    subject: peer, object: .policy(context, kernel: nil), kind: kind,
                    access: OpenAuthority.permissions(flags)))
        } catch {
            if case .withheld = error { return .withheld(error) }
            throw Refusal(.permissionDenied, at: .label, .label(error))
        }
    }
}
