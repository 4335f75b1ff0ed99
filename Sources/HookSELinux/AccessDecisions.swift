internal import SystemPackage

/// The policy's answers, asked once for each subject, object and class, and dropped when a policy is loaded.
///
/// An answer is never kept across a policy load: both the status page, before and after the question, and the sequence
/// in the kernel's answer tell of one. (The page counts from its first use, the answers from boot, so each is compared
/// with itself alone.)
struct AccessDecisions: Sendable {
    private struct Question: Hashable {
        let subject: SecurityContext
        let object: SecurityContext
        let objectClass: ObjectClass
    }

    /// What the policy says, in words; whether the system enforces it is asked anew each time.
    struct Decision: Equatable {
        let missing: Permissions
        /// Those of the missing that the policy wants to see in a log.
        let audited: Permissions
        let domainIsPermissive: Bool
    }

    /// A VM asks about a handful of labels; what is beyond this is a peer that makes labels up.
    static let mostAnswers = 256

    /// How often a question is asked again because a policy was loaded meanwhile.
    static let mostAttempts = 4

    /// The server's own context: of every descriptor it opens.
    let own: SecurityContext
    private let engine: any PolicyEngine
    private var vocabulary: PolicyVocabulary
    private var policyLoads: UInt32
    private var answerSequence: UInt32
    private var answers: [Question: AccessAnswer]

    /// Finds out whether SELinux can be used, by using all of it.
    init(through interface: any SELinuxInterface) throws(LabelStartupFailure) {
        let label = try Self.step(.ownContext) { () throws(Errno) in try interface.ownContext() }
        guard let own = SecurityContext(validating: label) else { throw .oddOwnContext(label) }
        try self.init(asking: interface, own: own)
    }

    /// - Parameter own: whose descriptors are handed over.
    init(asking engine: any PolicyEngine, own: SecurityContext) throws(LabelStartupFailure) {
        let status = try Self.step(.statusPage) { () throws(Errno) in try engine.status() }
        _ = try Self.step(.enforcing) { () throws(Errno) in try engine.isEnforcing() }
        let vocabulary: PolicyVocabulary
        do {
            vocabulary = try PolicyVocabulary(of: engine)
        } catch {
            throw LabelStartupFailure(error)
        }
        let probe = try Self.step(.decision) { () throws(Errno) in
            try engine.access(of: own, to: own, classNumber: vocabulary.number(of: .fd))
        }
        self.own = own
        self.engine = engine
        self.vocabulary = vocabulary
        self.policyLoads = status.policyLoads
        self.answerSequence = probe.sequence
        self.answers = Dictionary(minimumCapacity: Self.mostAnswers)
    }

    private static func step<Value>(
        _ step: LabelStartupFailure.Step, _ call: () throws(Errno) -> Value
    ) throws(LabelStartupFailure) -> Value {
        do { return try call() } catch { throw .cutOff(step, error) }
    }

    /// Which of the wanted permissions the policy does not allow.
    mutating func decide(
        _ subject: SecurityContext, on object: SecurityContext, as objectClass: ObjectClass, wanted: Permissions
    ) throws(LabelRefusal) -> Decision {
        let question = Question(subject: subject, object: object, objectClass: objectClass)
        for _ in 0..<Self.mostAttempts {
            let loads = try currentPolicyLoads()
            if loads != policyLoads { try startAnew(loads) }
            if let answer = answers[question] { return decision(answer, question, wanted) }
            let answer = try ask(question)
            // A policy was loaded around the question: the class number or the answer may be the old one's.
            guard answer.sequence == answerSequence else {
                try startAnew(loads)
                answerSequence = answer.sequence
                continue
            }
            guard try currentPolicyLoads() == loads else { continue }
            if answers.count >= Self.mostAnswers { answers.removeAll(keepingCapacity: true) }
            answers[question] = answer
            return decision(answer, question, wanted)
        }
        throw .policyKeepsChanging
    }

    private func decision(_ answer: AccessAnswer, _ question: Question, _ wanted: Permissions) -> Decision {
        let missing = vocabulary.missing(wanted, of: question.objectClass, allowed: answer.allowed & answer.decided)
        let unlogged = vocabulary.missing(missing, of: question.objectClass, allowed: answer.auditDeny)
        return Decision(
            missing: missing, audited: missing.subtracting(unlogged), domainIsPermissive: answer.domainIsPermissive)
    }

    private func ask(_ question: Question) throws(LabelRefusal) -> AccessAnswer {
        do {
            let number = vocabulary.number(of: question.objectClass)
            return try engine.access(of: question.subject, to: question.object, classNumber: number)
        } catch {
            throw .unanswered("security_compute_av", error)
        }
    }

    private func currentPolicyLoads() throws(LabelRefusal) -> UInt32 {
        do { return try engine.status().policyLoads } catch { throw .unanswered("selinux_status_policyload", error) }
    }

    /// Drops every answer, then resolves the names in the new policy. If that fails, each request tries again.
    private mutating func startAnew(_ loads: UInt32) throws(LabelRefusal) {
        answers.removeAll(keepingCapacity: true)
        engine.forgetClasses()
        do {
            vocabulary = try PolicyVocabulary(of: engine)
        } catch {
            throw LabelRefusal(error)
        }
        policyLoads = loads
    }
}

extension LabelStartupFailure {
    init(_ gap: PolicyVocabulary.Gap) {
        switch gap {
        case .unknownClass(let objectClass, let errno):
            self = .unknownClass(objectClass.name, errno)
        case .unknownPermission(let objectClass, let permission, let errno):
            self = .unknownPermission(permission.description, ofClass: objectClass.name, errno)
        }
    }
}

extension LabelRefusal {
    init(_ gap: PolicyVocabulary.Gap) {
        switch gap {
        case .unknownClass(let objectClass, _):
            self = .unknownToPolicy("the class `\(objectClass.name)`")
        case .unknownPermission(let objectClass, let permission, _):
            self = .unknownToPolicy("the permission `\(permission)` of the class `\(objectClass.name)`")
        }
    }
}
