import CYardstick
import HookLinux

/// How much is measured.
struct Effort {
    let requests: Int
    let rounds: Int
    let starts: Int
}

/// Everything that is measured, one after the other, never two things at a time.
struct Bench: ~Copyable {
    let subject: Subject
    let place: WorkingDirectory
    let effort: Effort

    /// Measures granted requests with each policy, refused ones with one of them, then memory and start.
    func run(ruleCounts: [Int]) throws(BenchError) -> Report {
        var requests: [RequestResult] = []
        var standing: [StandingResult] = []
        let refusedWith = ruleCounts.contains(1000) ? 1000 : ruleCounts[0]
        for count in ruleCounts {
            let policy = try place.makePolicy(rules: count)
            for style in SocketStyle.allCases {
                requests.append(try compare(.granted, style, policy))
                if count == refusedWith { requests.append(try compare(.refused, style, policy)) }
            }
            if let result = try standingCost(with: policy) { standing.append(result) }
        }
        requests.sort { $0.answer == .granted && $1.answer == .refused }
        return Report(subject: subject.name, effort: effort, requests: requests, standing: standing)
    }

    private func compare(
        _ answer: ExpectedAnswer, _ style: SocketStyle, _ policy: BenchPolicy
    ) throws(BenchError) -> RequestResult {
        Progress.show("\(answer.rawValue) requests, \(style.rawValue), \(policy.ruleCount) rules")
        let subject = try subject.start(style, policy, in: place)
        let bare = try Subject.bare.start(style, policy, in: place)
        var subjectRounds: [Latency] = []
        var bareRounds: [Latency] = []
        // The first round of each only warms caches up.
        for round in 0...effort.rounds {
            let ofSubject = try subject.measure(answer, policy, count: effort.requests)
            let ofBare = try bare.measure(answer, policy, count: effort.requests)
            guard round > 0 else { continue }
            subjectRounds.append(ofSubject)
            bareRounds.append(ofBare)
        }
        try place.emptyAudit()
        return RequestResult(
            answer: answer, style: style, rules: policy.ruleCount, subject: .medians(of: subjectRounds),
            bare: .medians(of: bareRounds), ratio: .medians(of: zip(subjectRounds, bareRounds).map { $0 / $1 }))
    }

    /// Memory and start of the server; nil for the bare one, which is no program of its own.
    private func standingCost(with policy: BenchPolicy) throws(BenchError) -> StandingResult? {
        guard case .program = subject else { return nil }
        Progress.show("start and memory, \(policy.ruleCount) rules")
        var times: [Double] = []
        for _ in 0..<effort.starts {
            let server = try subject.start(.stream, policy, in: place)
            times.append(Double(server.nanosecondsToReady) / 1e6)
        }
        // Beside another one, as on a host of VMs: the pages of the program's file count for neither.
        let other = try subject.start(.stream, policy, in: place)
        let idle = try subject.start(.stream, policy, in: place)
        defer { extendLifetime(other) }
        return StandingResult(
            rules: policy.ruleCount, startMilliseconds: median(times), memory: try idle.memoryUse())
    }
}
