internal import HookPolicy
internal import SystemPackage

/// Makes a policy of what a VM says that it uses.
package struct PolicyGenerator {
    private let inventory: Inventory
    private let options: GenerateOptions
    private let host: any HostView

    package init(_ inventory: Inventory, _ options: GenerateOptions, host: any HostView) {
        self.inventory = inventory
        self.options = options
        self.host = host
    }

    /// Follows chains, looks at what is there, and writes rules.
    ///
    /// The text is read again before it is returned: it is a policy without an error and without a warning.
    package func generate() throws(GenerateFailure) -> GeneratedPolicy {
        guard let given = options.name ?? inventory.name else { throw .noName }
        let name = PolicyName.made(of: given, orElse: "vm")
        if let user = options.user, !Self.isAccount(user) { throw .noAccount(user) }
        var chains = ChainWalk(
            host: host, within: options.within, dataFiles: .stated(by: inventory.uses, and: options.dataFiles))
        for use in inventory.uses { chains.add(use) }
        var planner = RulePlanner(host: host)
        for use in chains.uses { planner.add(use) }
        let labels = LabelChoice(
            identity: inventory.identity.selinux, accelerator: inventory.identity.accelerator)
        var own = OwnPlanner(rules: planner.rules, vm: name)
        for use in inventory.ownUses { own.add(use) }
        let roots = RootPlanner(labels: labels, ownPaths: own.paths, host: host)
            .plan(planner.rules, snapshots: options.snapshots)
        own.drop(beneath: roots.roots.map(\.directory))
        let remarks = inventory.remarks + chains.remarks + planner.remarks + own.remarks
        var seen: Set<Remark> = []
        let each = remarks.filter { seen.insert($0).inserted }

        var document = PolicyDocument()
        addSettings(to: &document, name: name, given: given, labels)
        addRules(to: &document, roots, labels)
        addOwn(to: &document, own)
        addRemarks(to: &document, each)
        let source = SourceFile(name: Array("the generated policy".utf8), bytes: document.text)
        let result = PolicyParser.parse(main: source) { _ in .unreadable(.noSuchFileOrDirectory) }
        guard let policy = result.policy, result.diagnostics.isEmpty else {
            throw .notClean(result.diagnostics, result.sources)
        }
        return GeneratedPolicy(text: document.text, policy: policy, remarks: each)
    }

    // MARK: Settings

    private func addSettings(
        to document: inout PolicyDocument, name: String, given: [UInt8], _ labels: LabelChoice
    ) {
        document.comment("Made by `openhook generate` from \(inventory.source). Read it before it is used.")
        document.part()
        document.add("openhook 1")
        document.part()
        document.add("vm   \(name)" + (given.elementsEqual(name.utf8) ? "" : "   # `\(shown(given))`"))
        if let uuid = inventory.uuid, Self.isUUID(uuid) { document.add(Array("uuid ".utf8) + uuid) }
        document.part()
        addPeers(to: &document, labels)
        document.add("selinux \(labels.requirement.word)")
        if let directory = options.directory ?? inventory.directory, directory != .root {
            document.part()
            document.comment("Relative names begin in the directory that QEMU is started in.")
            document.add(Array("directory ".utf8) + WordWriter.word(directory.bytes))
        }
    }

    private func addPeers(to document: inout PolicyDocument, _ labels: LabelChoice) {
        let user = (options.user ?? inventory.identity.user).flatMap { Self.isAccount($0) ? $0 : nil }
        guard let peer = labels.peer else {
            if let user {
                document.comment(
                    "QEMU runs as \(shown(user)), and the VM has no label. A user alone does not part VMs that run as the "
                        + "same one: if no other VM has this user, write `peer uid \(shown(user))`.")
            }
            return
        }
        if let user {
            document.add(Array("peer uid  ".utf8) + WordWriter.word(user))
        } else {
            document.comment(
                "Which user QEMU runs as is not known: --user says it, or `peer uid USER` here.")
        }
        let words = peer.dropLast() + [peer.last.map(WordWriter.word) ?? []]
        document.add(Array(words.joined(separator: [UInt8(ascii: " ")])))
    }

    private static func isUUID(_ bytes: [UInt8]) -> Bool {
        let groups = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let digits = Array("0123456789abcdefABCDEF".utf8)
        return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.joined().allSatisfy { digits.contains($0) }
    }

    private static func isAccount(_ bytes: [UInt8]) -> Bool {
        let isName = bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ":") && $0 != slash }
        return !bytes.isEmpty && bytes.count <= 256 && isName && bytes[0] != UInt8(ascii: "-")
    }

    // MARK: Rules

    private func addRules(to document: inout PolicyDocument, _ plan: RootPlanner.Plan, _ labels: LabelChoice) {
        for part in FileUse.Part.allCases {
            let roots = plan.roots.filter { $0.part == part }
            let single = plan.single.filter { $0.part == part }
            guard !roots.isEmpty || !single.isEmpty else { continue }
            document.part()
            document.add("# \(part.title)")
            for (index, root) in roots.enumerated() {
                if index > 0 { document.part() }
                add(root, to: &document, labels)
            }
            if !roots.isEmpty, !single.isEmpty { document.part() }
            let lines = single.map {
                PolicyDocument.Line($0, named: $0.path.bytes, label: labels.label(of: $0, in: nil))
            }
            document.add(lines, .none)
        }
    }

    private func add(_ root: PlannedRoot, to document: inout PolicyDocument, _ labels: LabelChoice) {
        document.add(Array("root \(root.name) ".utf8) + WordWriter.word(root.directory.bytes) + Array(" {".utf8))
        if let label = root.label {
            document.add(Array("    label ".utf8) + label)
            document.add("")
        }
        var lines = root.rules.map { rule in
            PolicyDocument.Line(
                rule, named: Array(lastComponent(of: rule.path.bytes)), label: labels.label(of: rule, in: root))
        }
        lines += root.snapshots.map { PolicyDocument.Line($0) }
        document.add(lines, .inBlock)
        document.add("}")
    }

    // MARK: What is no grant

    private func addOwn(to document: inout PolicyDocument, _ own: OwnPlanner) {
        guard !own.statements.isEmpty else { return }
        document.part()
        document.comment(
            "What QEMU does with its own rights under `openhook run`: sockets, and directories it works in")
        let lines = own.statements.map { statement in
            PolicyDocument.Line(
                head: Array("own \(statement.kind.word) ".utf8) + WordWriter.word(statement.path.bytes), clauses: [],
                comment: statement.roles.prefix(3).joined(separator: ", "))
        }
        document.add(lines, .none)
    }

    private func addRemarks(to document: inout PolicyDocument, _ remarks: [Remark]) {
        for (kind, title) in [(Remark.Kind.refusal, "Not granted"), (.note, "Without a rule, or to be known")] {
            let texts = remarks.filter { $0.kind == kind }.map(\.text)
            guard !texts.isEmpty else { continue }
            document.part()
            document.add("# \(title):")
            for text in texts { document.comment(text, mark: "#   ") }
        }
    }
}
