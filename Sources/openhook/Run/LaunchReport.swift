import HookAudit
import HookLaunch
import HookLinux
import HookPolicy
import HookWire

/// What a launch would do: for `--dry-run`.
struct LaunchReport {
    private let plan: LaunchPlan
    private let environment: [[UInt8]]

    /// - Throws: if the plan cannot be carried out.
    init(_ plan: LaunchPlan) throws {
        self.plan = plan
        environment = try Launching.environment(of: plan)
    }

    // MARK: For people

    func text(on page: Page) -> String {
        var card = Card("\(escaped(plan.terms.vm)): \(escaped(plan.request.arguments[0])) via \(plan.way.word)")
        card.add("broker", broker)
        card.add("user", user)
        for line in plan.filterWords { card.add("filter", line) }
        for path in plan.terms.managed { card.add("managed", escaped(path), .whole) }
        if let landlock = plan.wall.landlock {
            card.add("wall", "Landlock version \(landlock.version), beside what the broker grants:")
            for place in landlock.places { card.add(place.word, place.path.text, .whole) }
            for omission in landlock.omitted {
                card.add("left out", "\(omission.place.word) \(omission.place.path.text): \(omission.why)")
            }
            card.add(
                "sockets",
                "made by QEMU in the `rw` and `socket` places above; elsewhere Landlock refuses bind(2), without a record: "
                    + "`own socket DIRECTORY` in the policy adds a place")
        } else {
            card.add("wall", "no Landlock")
        }
        for gap in plan.wall.gaps { card.add("warning", gap) }
        for entry in environment { card.add("environment", escaped(entry), .whole) }
        let words = plan.arguments(descriptor: "N").map { ShellWord.quoted($0) }
        card.add("command", words.joined(separator: " "), .whole)
        return card.text(on: page)
    }

    private var broker: String {
        switch plan.request.broker {
        case .alone(let broker): "\(broker.server.text), started for this QEMU, on \(broker.policy.text)"
        case .attached(let socket): "process \(plan.terms.broker), at \(socket.text)"
        }
    }

    private var user: String {
        guard let user = plan.wall.user else { return "\(ThisProcess.effectiveUser), as the launcher; no capabilities" }
        let groups = user.groups.map(String.init).joined(separator: " ")
        return "\(user.uid), group \(user.gid)\(groups.isEmpty ? "" : ", groups \(groups)"); no capabilities"
    }

    // MARK: For programs

    var json: JSONOutput {
        var fields: [JSONField] = []
        fields.add("vm", bytes: plan.terms.vm)
        fields += [
            JSONField("via", plan.way.word), JSONField("broker", broker), JSONField("user", userJSON),
            JSONField("filter", .array(plan.filterWords.map { .text($0) })),
        ]
        fields.add("managed", list: plan.terms.managed)
        fields += [
            JSONField("landlock", landlockJSON), JSONField("warnings", .array(plan.wall.gaps.map { .text($0) })),
        ]
        fields.add("environment", list: environment)
        fields.add("command", list: plan.arguments(descriptor: "N"))
        return .object(fields)
    }

    private var userJSON: JSONOutput {
        guard let user = plan.wall.user else { return .object([JSONField("uid", Int(ThisProcess.effectiveUser))]) }
        return .object([
            JSONField("uid", Int(user.uid)), JSONField("gid", Int(user.gid)),
            JSONField("groups", .array(user.groups.map { .number(Int64($0)) })),
        ])
    }

    private var landlockJSON: JSONOutput {
        guard let landlock = plan.wall.landlock else { return .null }
        func place(_ place: OwnPlace) -> [JSONField] {
            var fields = [JSONField("use", place.word)]
            fields.add("path", bytes: place.path.bytes)
            return fields
        }
        return .object([
            JSONField("version", landlock.version),
            JSONField("places", .array(landlock.places.map { .object(place($0)) })),
            JSONField(
                "omitted", .array(landlock.omitted.map { .object(place($0.place) + [JSONField("why", $0.why)]) })),
        ])
    }
}
