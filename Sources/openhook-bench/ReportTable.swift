extension Report {
    /// For people.
    var table: String {
        var lines = ["server: \(subject)", ""] + requestLines
        if !standing.isEmpty { lines += [""] + standingLines }
        return lines.joined(separator: "\n")
    }

    private var requestLines: [String] {
        let titles = [
            "microseconds per request; medians of \(effort.rounds) rounds of \(effort.requests), one cpu",
            row(["", "", "", "", "server", "", "bare C", "", "ratio"]),
            row(["request", "socket", "rules", "p50", "p99", "p50", "p99", "p50", "p99"]),
        ]
        return titles
            + requests.map { result in
                row(
                    [result.answer.rawValue, result.style.rawValue, String(result.rules)]
                        + [result.subject, result.bare, result.ratio].flatMap { [fixed($0.p50), fixed($0.p99)] })
            }
    }

    private var standingLines: [String] {
        let titles = [
            "an idle server beside another one; start to ready: median of \(effort.starts)",
            row(["", "", "rules", "ms", "", "private kB", "", "dirty kB"]),
        ]
        return titles
            + standing.map { result in
                row(
                    [
                        "", "", String(result.rules), fixed(result.startMilliseconds), "",
                        String(result.memory.privateKilobytes), "", String(result.memory.dirtyKilobytes),
                    ])
            }
    }
}

extension EnduranceResult {
    /// For people.
    var table: String {
        let titles = [
            "server: \(server)", "",
            "\(requests) requests of each kind, \(rules) rules: after the first thousand, and after all",
            row(["", "", "dirty kB", "", "files", "", "threads", "", "allocations"]),
            row(["request", "", "first", "all", "first", "all", "first", "all", "each"]),
        ]
        return (titles + rows.map(line)).joined(separator: "\n")
    }

    private func line(_ found: Row) -> String {
        let (before, after) = (found.before, found.after)
        let numbers = [
            before.memory.dirtyKilobytes, after.memory.dirtyKilobytes, before.descriptors, after.descriptors,
            before.threads, after.threads,
        ]
        let allocations = found.allocations.map { fixed($0, 3) } ?? "?"
        return row([found.answer.rawValue, ""] + numbers.map { String($0) } + [allocations])
    }
}

/// Words to the left, numbers to the right.
private func row(_ cells: [String]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
        let padding = String(repeating: " ", count: max(0, (index < 2 ? 10 : 9) - cell.count))
        line += index < 2 ? cell + padding : padding + cell
    }
    return line
}

extension BootResult {
    /// For people.
    var table: String {
        """
        boot of \(what), median of \(rounds): alone \(fixed(alone, 1)) ms, under notify \(fixed(notified, 1)) ms, \
        ratio \(fixed(ratio, 3))
        """
    }
}
