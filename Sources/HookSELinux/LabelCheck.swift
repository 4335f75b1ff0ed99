internal import Synchronization
internal import SystemPackage

/// The label of an object, and who gave it.
package enum ObjectLabel: Sendable, Equatable {
    /// The object's own, or its mount's.
    case kernel(SecurityContext)
    /// The policy's, because the file system keeps none; and what the kernel calls the object all the same (`nfs_t`).
    case policy(SecurityContext, kernel: SecurityContext?)
}

/// What the label stage says of a request that it does not refuse.
package enum LabelVerdict: Sendable, Equatable {
    case allowed
    /// Denied by the policy, granted because the system or the subject's domain is permissive.
    case permissive([LabelDenial])
}

/// The SELinux mode, for audit records and status.
package enum SELinuxMode: Sendable, Equatable {
    case enforcing, permissive, off
}

/// May this label open that label: asked of the kernel's policy, never answered with "yes" for want of an answer.
///
/// Not through `selinux_check_access`, which allows whenever it cannot tell. Safe to use from every thread; the
/// threads of one VM's server wait for each other's question, some 20 µs, only if the answer is not known yet.
package final class LabelCheck: Sendable {
    package let requirement: LabelRequirement
    package let kernel: KernelLabels
    private let engine: any PolicyEngine
    /// `false` where no label is ever checked: then there are no decisions.
    private let isChecking: Bool
    private let decisions: Mutex<AccessDecisions?>

    /// Finds out whether this kernel has SELinux, and, where the policy wants labels, that it can be asked.
    ///
    /// - Throws: `LabelStartupFailure` if the policy wants labels checked and they cannot be: the server must not
    ///   start. Under `require` and `if-enabled` alike, a kernel that has SELinux must let us use it.
    package init(
        _ requirement: LabelRequirement, through interface: any SELinuxInterface
    ) throws(LabelStartupFailure) {
        self.requirement = requirement
        engine = interface
        kernel = Self.kernel(interface)
        switch (requirement, kernel) {
        case (.off, _), (.ifEnabled, .off):
            isChecking = false
            decisions = Mutex(nil)
        case (.require, .off): throw .selinuxIsOff
        case (.require, .on), (.ifEnabled, .on):
            isChecking = true
            decisions = Mutex(try AccessDecisions(through: interface))
        }
    }

    /// Asks another policy than this machine's: what a server with that label would be answered there.
    ///
    /// - Throws: `LabelStartupFailure` if that policy lacks a class or permission, or does not know the label.
    package init(asking engine: any PolicyEngine, own: SecurityContext) throws(LabelStartupFailure) {
        requirement = .require
        kernel = .on
        self.engine = engine
        isChecking = true
        decisions = Mutex(try AccessDecisions(asking: engine, own: own))
    }

    /// SELinux is on if the kernel lists its file system, or if the process has a context: a container that hides
    /// selinuxfs does not turn SELinux off.
    private static func kernel(_ interface: any SELinuxInterface) -> KernelLabels {
        if interface.kernelListsSELinux() { return .on }
        guard let own = try? interface.ownContext(), SecurityContext(validating: own) != nil else { return .off }
        return .on
    }

    /// What happens to a connection's requests; see `LabelPlan`.
    package func plan(for peer: PeerContext, pins: [PeerPin]) -> LabelPlan {
        LabelPlan.decide(requirement, kernel: kernel, peer: peer, pins: pins)
    }

    /// `off` where labels are not checked; otherwise what the status page says. A page that cannot be read counts as
    /// enforcing, for then every request is refused.
    package var mode: SELinuxMode {
        guard isChecking else { return .off }
        guard let status = try? engine.status() else { return .enforcing }
        return status.isEnforcing ? .enforcing : .permissive
    }

    /// May `subject` get a descriptor for this object, opened by this process?
    ///
    /// - Parameters:
    ///   - kind: `file`, `blockDevice` or `characterDevice`.
    ///   - access: `read`, `write`, `append` of `Permissions.contents`; anything else in it is ignored.
    /// - Throws: `LabelRefusal` unless the policy allows it or nothing is enforced.
    package func check(
        subject: SecurityContext, object: ObjectLabel, kind: ObjectClass, access: Permissions
    ) throws(LabelRefusal) -> LabelVerdict {
        let access = access.intersection([.read, .write, .append])
        return try asking { questions throws(LabelRefusal) in
            try questions.askObject(subject, object, kind, access)
        }
    }

    /// May `subject` have this file created in that directory, and get a descriptor for it?
    ///
    /// - Parameters:
    ///   - parent: the directory's label.
    ///   - file: the label that the file will have.
    package func checkCreation(
        subject: SecurityContext, parent: ObjectLabel, file: ObjectLabel, access: Permissions
    ) throws(LabelRefusal) -> LabelVerdict {
        let access = access.intersection([.read, .write, .append])
        return try asking { questions throws(LabelRefusal) in
            try questions.ask(subject, parent.deciding, .directory, [.write, .addName])
            try questions.ask(subject, file.deciding, .file, [.create, .write])
            try questions.askObject(subject, file, .file, access)
        }
    }

    /// May `subject` have this change made to the names in that directory?
    ///
    /// No descriptor is handed over, so nothing is asked about descriptors, nor about what the kernel calls an object
    /// that the policy labels: the client needs no right of its own to it.
    ///
    /// - Parameter directory: the label of the directory, which a name goes from or comes to.
    package func checkChange(
        subject: SecurityContext, directory: ObjectLabel, change: DirectoryChange
    ) throws(LabelRefusal) -> LabelVerdict {
        try asking { questions throws(LabelRefusal) in
            try questions.ask(subject, directory.deciding, .directory, change.ofDirectory)
            guard let (object, permission) = change.ofObject else { return }
            try questions.ask(subject, object.label.deciding, object.kind, permission)
        }
    }

    private func asking(_ body: (inout LabelQuestions) throws(LabelRefusal) -> Void) throws(LabelRefusal)
        -> LabelVerdict
    {
        try decisions.withLock { state throws(LabelRefusal) in
            guard let known = state.take() else { throw .labelsAreOff }
            var questions = LabelQuestions(known, engine)
            defer { state = questions.decisions }
            try body(&questions)
            return questions.denials.isEmpty ? .allowed : .permissive(questions.denials)
        }
    }
}
