import HookWire

/// What a server holds after many requests of one kind, beside what it held after the first thousand.
struct EnduranceBench: ~Copyable {
    let program: String
    let place: WorkingDirectory
    /// How many requests of each kind.
    let requests: Int
    let rules: Int

    /// Until now everything may grow to its size.
    static let first = 1000
    /// The audit file is emptied after so many: it is not what is measured.
    private static let block = 50_000

    func run() throws(BenchError) -> EnduranceResult {
        let subject = Subject.program(program)
        let policy = try place.makePolicy(rules: rules)
        let allocations = try AllocationCount(in: place.allocations)
        let server = try subject.start(.stream, policy, in: place)
        var rows: [EnduranceResult.Row] = []
        for answer in [ExpectedAnswer.granted, .refused] {
            try ask(server, answer, policy, Self.first)
            let before = try server.holdings()
            let allocationsBefore = try allocations.now()
            try ask(server, answer, policy, requests - Self.first)
            var each: Double?
            if let allocationsBefore, let allocationsAfter = try allocations.now() {
                each = Double(allocationsAfter - allocationsBefore) / Double(requests - Self.first)
            }
            rows.append(
                EnduranceResult.Row(
                    answer: answer, before: before, after: try server.holdings(), allocations: each))
        }
        return EnduranceResult(server: program, requests: requests, rules: rules, rows: rows)
    }

    private func ask(
        _ server: borrowing RunningServer, _ answer: ExpectedAnswer, _ policy: BenchPolicy, _ count: Int
    ) throws(BenchError) {
        var left = count
        while left > 0 {
            Progress.show("\(answer.rawValue) requests, \(left) to go")
            let now = min(left, Self.block)
            _ = try server.measure(answer, policy, count: now)
            try place.emptyAudit()
            left -= now
        }
    }
}

/// What was found.
struct EnduranceResult {
    let server: String
    let requests: Int
    let rules: Int
    let rows: [Row]

    /// Of one kind of request.
    struct Row {
        let answer: ExpectedAnswer
        let before: Holdings
        let after: Holdings
        /// Of each request after the first thousand, on average; nil if nobody counted.
        let allocations: Double?
    }
}
