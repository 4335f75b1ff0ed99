package import HookPolicy
import HookWire

/// What an audit trail shows that a policy lacks: the first reading.
package struct WishList: Sendable {
    /// In the order of the trail.
    package private(set) var wishes: [Wish] = []
    package private(set) var obstacles: [Obstacle] = []
    /// Requests that the policy grants, and those that were refused then and are granted now.
    package private(set) var grantedCount = 0
    package private(set) var grantedSinceCount = 0
    /// Requests for names outside of the directories to learn about.
    package private(set) var outsideCount = 0
    /// Records of other VMs.
    package private(set) var foreignCount = 0
    /// Requests to look at a name (`stat` and the like) that no rule is about: nothing would have been opened.
    package private(set) var lookCount = 0
    /// Requests for more names than are remembered.
    package private(set) var excessCount = 0

    private let policy: Policy
    private let within: [AbsolutePath]
    private var answers: RememberedAnswers
    private var indexes: [[UInt8]: Int] = [:]
    private var obstacleIndexes: [ObstacleKey: Int] = [:]

    private struct ObstacleKey: Hashable {
        let name: [UInt8]
        let stage, reason: String
    }

    /// A guest may ask for any number of names: of the first ones alone rules are proposed.
    package static let mostWishes = 1000
    package static let mostObstacles = 200

    /// - Parameter within: directories; empty: all.
    package init(for policy: Policy, within: [AbsolutePath]) {
        self.policy = policy
        answers = RememberedAnswers(by: policy)
        self.within = within
    }

    package mutating func note(_ entry: AuditEntry) {
        switch entry.event {
        case .started, .creating, .other: return
        case .opened, .learned, .refused, .connectionRefused: break
        }
        guard entry.vm == policy.vm else {
            foreignCount += 1
            return
        }
        if entry.event == .connectionRefused { return noteObstacle([], "peer", entry.shownReason, entry) }
        guard entry.operation == .open else { return noteOperation(entry) }
        let answer = answers.answer(entry.name, entry.flags)
        switch answer.verdict {
        case .wanting: note(answer, isLearned: false, entry)
        case .learned:
            noteRealName(answer, entry)
            if entry.event == .learned { note(answer, isLearned: true, entry) } else { noteOutcome(answer, entry) }
        case .granted:
            if !noteRealName(answer, entry) { noteOutcome(answer, entry) }
        case .impossible(let reason):
            let stage = entry.stage.map { escaped($0) } ?? "policy"
            noteObstacle(answer.name.isEmpty ? entry.name : answer.name, stage, reason, entry)
        }
    }

    /// A request that the policy grants as far as it can be told without files.
    private mutating func noteOutcome(_ answer: LoggedAnswer, _ entry: AuditEntry) {
        grantedCount += entry.event == .refused ? 0 : 1
        guard entry.event == .refused else { return }
        let stage = entry.stage.map { escaped($0) } ?? ""
        // What the policy lacked then it has now.
        let isSince = stage == "policy" || entry.isAboutObject && entry.hasSuggestion
        if isSince {
            grantedSinceCount += entry.count
        } else {
            noteObstacle(answer.name, stage, entry.shownReason, entry)
        }
    }

    /// What was refused and is no open.
    private mutating func noteOperation(_ entry: AuditEntry) {
        let stage = entry.stage.map { escaped($0) } ?? ""
        if entry.operation == .look, stage == "policy" {
            lookCount += entry.count
        } else {
            noteObstacle(entry.name, stage, entry.shownReason, entry)
        }
    }

    /// With `symlinks inside` the name that a link leads to must be granted as well.
    @discardableResult
    private mutating func noteRealName(_ answer: LoggedAnswer, _ entry: AuditEntry) -> Bool {
        guard entry.event != .opened, let object = entry.realName, object != answer.name else { return false }
        let real = answers.answer(object, entry.flags)
        switch real.verdict {
        case .wanting: note(real, isLearned: false, entry)
        case .learned: note(real, isLearned: true, entry)
        case .granted, .impossible: return false
        }
        return true
    }

    private mutating func note(_ answer: LoggedAnswer, isLearned: Bool, _ entry: AuditEntry) {
        guard within.isEmpty || isWithin(answer.name) else {
            outsideCount += entry.count
            return
        }
        if let index = indexes[answer.name] {
            wishes[index].access = wishes[index].access.union(answer.access)
            wishes[index].creates = wishes[index].creates || answer.creates
            wishes[index].count += entry.count
            return
        }
        guard wishes.count < Self.mostWishes else {
            excessCount += entry.count
            return
        }
        indexes[answer.name] = wishes.count
        wishes.append(
            Wish(
                name: answer.name, access: answer.access, creates: answer.creates, count: entry.count,
                line: entry.line, time: entry.time, peerPid: entry.peerPid, isLearned: isLearned))
    }

    private func isWithin(_ name: [UInt8]) -> Bool {
        guard let path = AbsolutePath(name) else { return false }
        return within.contains { path.isBeneathOrEqual($0) }
    }

    private mutating func noteObstacle(_ name: [UInt8], _ stage: String, _ reason: String, _ entry: AuditEntry) {
        let key = ObstacleKey(name: name, stage: stage, reason: reason)
        if let index = obstacleIndexes[key] {
            obstacles[index].count += entry.count
        } else if obstacles.count < Self.mostObstacles {
            obstacleIndexes[key] = obstacles.count
            obstacles.append(
                Obstacle(
                    name: name, stage: stage, reason: reason,
                    advice: Obstacle.advice(on: entry.operation, of: name, at: stage, policy), line: entry.line,
                    count: entry.count))
        }
    }
}

extension AuditEntry {
    fileprivate var shownReason: String { reason.map { escaped($0) } ?? "" }
}
