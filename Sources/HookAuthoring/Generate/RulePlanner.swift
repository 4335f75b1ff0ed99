internal import HookPolicy

/// From the files that a VM uses to the rules that grant them, one for each name; what gets none gets a reason.
struct RulePlanner {
    let host: any HostView
    private(set) var rules: [PlannedRule] = []
    private(set) var remarks: [Remark] = []
    private var places: [AbsolutePath: Int] = [:]

    init(host: any HostView) { self.host = host }

    mutating func add(_ use: FileUse) {
        guard let path = clean(use) else { return }
        if let objection = SystemName.objection(to: path, use.access) {
            return refuse(use, "\(shown(use.name)) \(objection): no rule is made for it")
        }
        guard WordWriter.word(path.bytes).count <= RulePlanner.longestWord else {
            return refuse(use, "\(shown(use.name)) is too long to be written in a policy")
        }
        var rule = PlannedRule(
            path: path, access: use.access, part: use.part, kinds: kinds(of: use), sharing: use.sharing,
            roles: [use.role])
        rule.creation = use.creation
        rule.label = use.label
        guard look(at: path, use, &rule) else { return }
        insert(rule)
    }

    /// A line has room for 8 KiB: for this, and for clauses and a comment beside it.
    private static let longestWord = 6 << 10

    private mutating func clean(_ use: FileUse) -> AbsolutePath? {
        // QEMU takes a name as it is; the broker takes a doubled or a last `/` out of it, as the kernel does.
        var bytes: [UInt8] = []
        for byte in use.name where byte != slash || bytes.last != slash { bytes.append(byte) }
        if bytes.count > 1, bytes.last == slash { bytes.removeLast() }
        guard let path = AbsolutePath(bytes), path != .root else {
            let isTooLong = bytes.count > AbsolutePath.longest
            refuse(use, "`\(shown(use.name))` is \(isTooLong ? "longer than a path can be" : "no clean absolute name")")
            return nil
        }
        return path
    }

    private mutating func insert(_ rule: PlannedRule) {
        guard let place = places[rule.path] else {
            places[rule.path] = rules.count
            rules.append(rule)
            return
        }
        rules[place].merge(rule)
    }

    private mutating func refuse(_ use: FileUse, _ text: String) {
        remarks.append(Remark(.refusal, "\(use.role): \(text)"))
    }

    private mutating func note(_ use: FileUse, _ text: String) {
        remarks.append(Remark(.note, "\(use.role): \(text)"))
    }

    // MARK: What is there

    private func kinds(of use: FileUse) -> FileKinds {
        switch use.form {
        case .file: .file
        case .block: .block
        case .char: .char
        case .unknown: use.name.starts(with: Array("/dev/".utf8)) ? [.block, .char] : .file
        }
    }

    /// Adjusts a rule to what its name leads to.
    ///
    /// - Returns: whether there is to be a rule.
    private mutating func look(at path: AbsolutePath, _ use: FileUse, _ rule: inout PlannedRule) -> Bool {
        switch host.look(at: path) {
        case .notLooked: return true
        case .missing:
            if use.creation == .never { note(use, "\(shown(use.name)) is not there now") }
            return true
        case .unreachable(let reason):
            note(use, "\(shown(use.name)) could not be looked at: \(reason)")
            return true
        case .danglingLink:
            refuse(use, "\(shown(use.name)) is a symbolic link to nothing: no rule is made for it")
            return false
        case .found(let object): return adjust(&rule, to: object, use)
        case .link(let object, let target, let way): return follow(&rule, object, target, way, use)
        }
    }

    private mutating func adjust(_ rule: inout PlannedRule, to object: FoundObject, _ use: FileUse) -> Bool {
        let kind: FileKinds
        switch object.kind {
        case .file: kind = .file
        case .block: kind = .block
        case .char: kind = .char
        case .directory:
            refuse(use, "\(shown(use.name)) is a directory, and the broker opens none")
            return false
        case .fifo, .socket, .other:
            refuse(use, "\(shown(use.name)) is a FIFO or a socket, and the broker opens none")
            return false
        }
        guard use.form == .unknown || rule.kinds.contains(kind) else {
            let words: [(FileKinds, String)] = [
                (.file, "a file"), (.block, "a block device"), (.char, "a character device"),
            ]
            func word(_ kinds: FileKinds) -> String { words.first { kinds.contains($0.0) }?.1 ?? "nothing" }
            refuse(use, "\(shown(use.name)) is \(word(kind)) here, and is to be \(word(rule.kinds))")
            return false
        }
        rule.kinds = kind
        rule.fileLabels = object.labels
        if kind == .file, object.names > 1, rule.access != .readOnly {
            remarks.append(
                Remark(
                    .refusal,
                    "\(use.role): \(shown(use.name)) has \(object.names) names (hard links), and is opened for writing "
                        + "only with `hardlinks allow`: add that if all of them are this VM's"))
        }
        return true
    }

    private mutating func follow(
        _ rule: inout PlannedRule, _ object: FoundObject, _ target: AbsolutePath, _ way: LinkWay, _ use: FileUse
    ) -> Bool {
        guard adjust(&rule, to: object, use) else { return false }
        if let objection = SystemName.objection(to: target, use.access) {
            refuse(
                use, "\(shown(use.name)) leads to \(shown(target.bytes)), which \(objection): no rule is made for it")
            return false
        }
        switch way {
        case .trusted:
            rule.symlinks = .follow
            return true
        case .changeableByOthers where target.parent == rule.path.parent:
            rule.symlinks = .inside
            insert(
                PlannedRule(
                    path: target, access: rule.access, part: rule.part, kinds: rule.kinds, sharing: rule.sharing,
                    fileLabels: rule.fileLabels, roles: ["what \(shown(lastComponent(of: use.name))) leads to"]))
            return true
        case .changeableByOthers:
            refuse(
                use,
                "\(shown(use.name)) is a symbolic link to \(shown(target.bytes)), and others than root could change the way "
                    + "there: name \(shown(target.bytes)) itself")
            return false
        }
    }
}
