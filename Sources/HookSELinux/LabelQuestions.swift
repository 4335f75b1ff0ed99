internal import SystemPackage

/// The questions that one request makes of the policy, in order. The first denial that is enforced ends them.
struct LabelQuestions {
    var decisions: AccessDecisions
    /// What was denied and granted all the same.
    private(set) var denials: [LabelDenial] = []
    private let engine: any PolicyEngine

    init(_ decisions: AccessDecisions, _ engine: any PolicyEngine) {
        self.decisions = decisions
        self.engine = engine
    }

    /// What handing over a descriptor takes: the access to the object, and what the kernel will ask on its arrival.
    mutating func askObject(
        _ subject: SecurityContext, _ object: ObjectLabel, _ kind: ObjectClass, _ access: Permissions
    ) throws(LabelRefusal) {
        let use: Permissions = [.getattr, .lock, .ioctl]
        switch object {
        case .kernel(let label):
            // Never `open`: real policies let VM domains use inherited descriptors and withhold `open` on purpose.
            try ask(subject, label, kind, access.union(use))
        case .policy(let label, let kernel):
            // The kernel does not know this label, so it would not object when the client takes O_APPEND away with
            // fcntl(2): to append is to write.
            let access = access.contains(.append) ? access.union(.write) : access
            try ask(subject, label, kind, access.union(use).union(.open))
            if let kernel { try ask(subject, kernel, kind, access, refusedAs: LabelRefusal.withheld) }
        }
        // The kernel does not ask for `fd use` of a descriptor that its receiver's own domain opened.
        guard subject != decisions.own else { return }
        try ask(subject, decisions.own, .fd, .use, refusedAs: LabelRefusal.withheld)
    }

    mutating func ask(
        _ subject: SecurityContext, _ object: SecurityContext, _ objectClass: ObjectClass, _ wanted: Permissions,
        refusedAs refusal: (LabelDenial) -> LabelRefusal = LabelRefusal.denied
    ) throws(LabelRefusal) {
        let decision = try decisions.decide(subject, on: object, as: objectClass, wanted: wanted)
        guard !decision.missing.isEmpty else { return }
        let denial = LabelDenial(
            subject: subject, object: object, objectClass: objectClass, missing: decision.missing,
            audited: decision.audited)
        if !decision.domainIsPermissive, try isEnforcing() { throw refusal(denial) }
        denials.append(denial)
    }

    private func isEnforcing() throws(LabelRefusal) -> Bool {
        do { return try engine.isEnforcing() } catch { throw .unanswered("security_getenforce", error) }
    }
}

extension ObjectLabel {
    /// The label that decides: the policy's where the policy gives one.
    package var deciding: SecurityContext {
        switch self {
        case .kernel(let label), .policy(let label, _): label
        }
    }
}
