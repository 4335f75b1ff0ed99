import HookAudit
import HookAuthoring
import HookPolicy

/// What `openhook learn` says, for programs.
extension LearnReport {
    func json(written: LearnedPolicyFile.Written?) -> JSONOutput {
        let list = session.wishes
        var fields = [
            JSONField("records", session.reading.records), JSONField("granted", list.grantedCount),
            JSONField("proposals", .array(session.items.map { object($0.allow) })),
            JSONField("patterns", .array(session.patterns.map(object))),
            JSONField("by_hand", .array(session.byHand.map { object($0.wish) })),
            JSONField("no_rule", .array(list.obstacles.map(object))),
            JSONField("granted_since", list.grantedSinceCount), JSONField("outside", list.outsideCount),
            JSONField("looked_for", list.lookCount),
            JSONField("of_another_vm", list.foreignCount), JSONField("left_out", list.excessCount),
            JSONField("no_records", session.reading.defects),
        ]
        if let written {
            fields.add("written", bytes: written.file)
            if let kept = written.kept { fields.add("kept", bytes: kept) }
        }
        return .object(fields)
    }

    private func object(_ proposal: Proposal) -> JSONOutput {
        var fields = proposal.suggestion.json(in: policy.sources)
        fields.append(JSONField("asked", .array(proposal.wishes.map(object))))
        if let pattern = proposal.pattern {
            let others = DiskMatches.others(of: pattern, besides: proposal.wishes)
            fields.append(JSONField("also_matches", .array(others.map(object))))
        }
        return .object(fields)
    }

    private func object(_ wish: Wish) -> JSONOutput {
        var fields: [JSONField] = []
        fields.add("name", bytes: wish.name)
        fields += [
            JSONField("access", wish.access.word), JSONField("create", .bool(wish.creates)),
            JSONField("count", wish.count), JSONField("record", wish.line),
        ]
        return .object(fields)
    }

    private func object(_ name: [UInt8]) -> JSONOutput {
        var fields: [JSONField] = []
        fields.add("name", bytes: name)
        return .object(fields)
    }

    private func object(_ obstacle: Obstacle) -> JSONOutput {
        var fields: [JSONField] = []
        fields.add("name", bytes: obstacle.name)
        fields += [
            JSONField("stage", obstacle.stage), JSONField("reason", obstacle.reason),
            JSONField("advice", obstacle.advice), JSONField("count", obstacle.count),
            JSONField("record", obstacle.line),
        ]
        return .object(fields)
    }
}
