import HookPolicy
import HookServer
import HookWire

/// What a policy says to a request of an audit trail.
struct LoggedAnswer {
    enum Verdict {
        case granted
        /// A `learn` statement lets it through.
        case learned
        /// For want of a rule, of access or of `create`.
        case wanting
        /// A rule says no, or the request itself is not one that any rule could grant.
        case impossible(reason: String)
    }

    let verdict: Verdict
    /// Absolute and clean; empty if there is no such name.
    let name: [UInt8]
    let access: Access
    let creates: Bool

    /// Asks as a server would, without touching files.
    init(_ name: [UInt8], _ flags: OpenFlags, by policy: Policy) {
        let question = PolicyQuestion(name: name, flags: flags.rawValue, peerLabel: nil)
        let answer = question.answer(by: policy)
        self.name = answer.name
        access = answer.access ?? .readOnly
        creates = flags.contains(.create)
        switch answer.outcome {
        case .granted(.learning, _): verdict = .learned
        case .granted: verdict = .granted
        case .refused(let refusal, let story):
            verdict = refusal.isForWantOfRule ? .wanting : .impossible(reason: story.reason)
        // No label is part of the question.
        case .disconnected: verdict = .impossible(reason: "the connection is closed")
        }
    }

    var isGranted: Bool {
        switch verdict {
        case .granted, .learned: true
        case .wanting, .impossible: false
        }
    }
}

extension Refusal {
    /// Whether another line of the policy could have granted the request.
    fileprivate var isForWantOfRule: Bool {
        switch reason {
        case .verdict(.unlisted), .verdict(.insufficient), .verdict(.tie), .mayNotCreate: true
        default: false
        }
    }
}

/// A policy's answers, the last ones remembered: a trail repeats itself. The memory does not grow with the trail.
struct RememberedAnswers {
    private let policy: Policy
    private var known: [Key: LoggedAnswer] = [:]

    private struct Key: Hashable {
        let name: [UInt8]
        let flags: UInt32
    }

    private static let most = 4096

    init(by policy: Policy) { self.policy = policy }

    mutating func answer(_ name: [UInt8], _ flags: OpenFlags) -> LoggedAnswer {
        let key = Key(name: name, flags: flags.rawValue)
        if let answer = known[key] { return answer }
        let answer = LoggedAnswer(name, flags, by: policy)
        if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
        known[key] = answer
        return answer
    }
}
