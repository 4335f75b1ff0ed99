import HookAudit
import HookLinux

/// What the demo shows at its end.
struct DemoReport {
    let answers: [DemoAnswer]
    let guest: DemoGuest.Outcome?
    let plan: Demo.GuestPlan
    let wall: Wall
    let records: [AuditLine]
    /// The text that rules are lines of.
    let policy: String
    let folder: String
    let fate: TemporaryFolder.Fate

    /// What did not come as it should; empty if all did.
    var differences: [String] {
        var found = answers.filter { !$0.isAsExpected }.map { answer in
            let expected = answer.question.expected.map { "\($0)" } ?? "the file"
            let record = answer.record == nil ? ", without a record" : ""
            return "\(answer.question.words): \(answer.word)\(record), where \(expected) was to come"
        }
        if let guest {
            found += guest.differences
            if guestOpens.isEmpty { found.append("no record tells of QEMU's opens") }
        }
        return found
    }

    /// Records of requests that were not the demo's own questions.
    var guestOpens: [AuditLine] {
        records.filter { $0["event"] == "opened" && $0["name"] == folder + "/" + DemoStage.guestImage }
    }

    func text(on page: Page) -> String {
        var text = "The policy, \(DemoStage.policyName):\n\n\(numberedPolicy)\n\(table(on: page))\n"
        text += guestCard.text(on: page) + "\nAudit records, as openhookd wrote them:\n\n"
        for record in records { text += String(decoding: record.bytes, as: UTF8.self) + "\n" }
        text += "\n"
        if fate == .kept { text += "Everything is in \(folder)\n" }
        guard differences.isEmpty else {
            return text + "Not as expected:\n" + differences.map { "  \($0)\n" }.joined()
        }
        let end = guest == nil ? "Every answer was as expected." : "Every answer was as expected, and the guest ran."
        return text + end + "\n"
    }

    private var policyLines: [Substring] { policy.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }

    private var numberedPolicy: String {
        policyLines.enumerated().map { index, line in
            let number = String(index + 1)
            let blank = String(repeating: " ", count: max(0, 4 - number.count))
            return line.isEmpty ? "\(blank)\(number)\n" : "\(blank)\(number)  \(line)\n"
        }.joined()
    }

    private func table(on page: Page) -> String {
        var table = TextTable(["ASKED", "ANSWER", "RULE", "WHY"])
        for answer in answers {
            let rule = line(of: answer.record).map { "line \($0)" } ?? "none"
            table.add([answer.question.words, answer.word, rule, why(answer)])
        }
        return table.text(on: page)
    }

    /// The number of the policy's line that a record names.
    private func line(of record: AuditLine?) -> Int? {
        guard let rule = record?["rule"], let number = rule.split(separator: ":").last else { return nil }
        return Int(number)
    }

    /// The rule itself for what was granted, the reason for what was not.
    private func why(_ answer: DemoAnswer) -> String {
        guard let record = answer.record else { return "there is no record" }
        guard let reason = record["reason"] else {
            guard let number = line(of: record), policyLines.indices.contains(number - 1) else { return "" }
            return String(policyLines[number - 1])
        }
        var text = short(reason.replacing((record["rule"] ?? " ") + " ", with: ""))
        if let line = record["add"], !line.contains(folder) { text += "; to grant it, add: \(line)" }
        return text
    }

    private var guestCard: Card {
        guard let guest else {
            var card = Card("No guest was started.")
            if case .skip(let why) = plan { card.add("why", why) }
            return card
        }
        var card = Card("An unmodified QEMU, which cannot open its disk itself:")
        card.add("runs as", wall.words)
        card.add("alone", short(guest.refusal))
        card.add("hooked", guest.console)
        card.add("disk", guest.sectorIsWritten ? "has the sector that the guest wrote" : "lacks what the guest wrote")
        for record in guestOpens {
            let rule = line(of: record).map { "line \($0)" } ?? "no rule"
            card.add("opened", "\(record["flags"] ?? "?"), by \(rule), for process \(record["peer_pid"] ?? "?")")
        }
        return card
    }

    /// Without the folder's own name.
    private func short(_ text: String) -> String { text.replacing(folder + "/", with: "") }
}

extension DemoReport {
    var json: JSONOutput {
        var fields = [
            JSONField("as_expected", .bool(differences.isEmpty)),
            JSONField("differences", .array(differences.map(JSONOutput.text))), JSONField("folder", folder),
            JSONField("kept", .bool(fate == .kept)), JSONField("answers", .array(answers.map(object))),
        ]
        fields.append(JSONField("guest", guest.map(object) ?? object(plan)))
        fields.append(JSONField("records", .array(records.map { .raw($0.bytes) })))
        return .object(fields)
    }

    private func object(_ answer: DemoAnswer) -> JSONOutput {
        var fields = [
            JSONField("what", answer.question.what), JSONField("name", folder + "/" + answer.question.name),
            JSONField("flags", "\(answer.question.flags)"), JSONField("answer", answer.word),
            JSONField("expected", .bool(answer.isAsExpected)),
        ]
        for name in ["rule", "reason", "add"] {
            if let value = answer.record?[name] { fields.append(JSONField(name, value)) }
        }
        return .object(fields)
    }

    private func object(_ guest: DemoGuest.Outcome) -> JSONOutput {
        .object([
            JSONField("started", .bool(true)), JSONField("wall", wall.words), JSONField("alone", guest.refusal),
            JSONField("console", guest.console), JSONField("sector_written", .bool(guest.sectorIsWritten)),
            JSONField("opens", guestOpens.count),
        ])
    }

    private func object(_ plan: Demo.GuestPlan) -> JSONOutput {
        var fields = [JSONField("started", .bool(false))]
        if case .skip(let why) = plan { fields.append(JSONField("why", why)) }
        return .object(fields)
    }
}
