import HookAudit

extension Report {
    /// For programs: times in microseconds unless the key says otherwise.
    var json: JSONOutput {
        .object([
            JSONField("server", subject), JSONField("requests_per_round", effort.requests),
            JSONField("rounds", effort.rounds), JSONField("starts", effort.starts),
            JSONField("requests", .array(requests.map(object))), JSONField("idle", .array(standing.map(object))),
        ])
    }

    private func object(_ result: RequestResult) -> JSONOutput {
        .object([
            JSONField("answer", result.answer.rawValue), JSONField("socket", result.style.rawValue),
            JSONField("rules", result.rules), JSONField("server", object(result.subject)),
            JSONField("bare", object(result.bare)), JSONField("ratio", object(result.ratio)),
        ])
    }

    private func object(_ latency: Latency) -> JSONOutput {
        .object([JSONField("p50", .decimal(latency.p50)), JSONField("p99", .decimal(latency.p99))])
    }

    private func object(_ result: StandingResult) -> JSONOutput {
        .object([
            JSONField("rules", result.rules), JSONField("start_to_ready_ms", .decimal(result.startMilliseconds)),
            JSONField("private_kb", result.memory.privateKilobytes),
            JSONField("private_dirty_kb", result.memory.dirtyKilobytes),
        ])
    }
}

extension EnduranceResult {
    /// For programs.
    var json: JSONOutput {
        .object([
            JSONField("server", server), JSONField("requests", requests), JSONField("rules", rules),
            JSONField("kinds", .array(rows.map(object))),
        ])
    }

    private func object(_ row: Row) -> JSONOutput {
        var fields = [
            JSONField("answer", row.answer.rawValue), JSONField("after_first", object(row.before)),
            JSONField("after_all", object(row.after)),
        ]
        if let allocations = row.allocations { fields.append(JSONField("allocations_each", .decimal(allocations))) }
        return .object(fields)
    }

    private func object(_ holdings: Holdings) -> JSONOutput {
        .object([
            JSONField("private_dirty_kb", holdings.memory.dirtyKilobytes),
            JSONField("descriptors", holdings.descriptors), JSONField("threads", holdings.threads),
        ])
    }
}

extension BootResult {
    /// For programs: times in milliseconds.
    var json: JSONOutput {
        var fields = [JSONField("boots", what), JSONField("rounds", rounds)]
        fields += [
            JSONField("alone_ms", .decimal(alone)), JSONField("notify_ms", .decimal(notified)),
            JSONField("ratio", .decimal(ratio)),
        ]
        return .object(fields)
    }
}

extension JSONOutput {
    /// A number with three decimals.
    fileprivate static func decimal(_ value: Double) -> JSONOutput { .raw(Array(fixed(value, 3).utf8)) }
}
