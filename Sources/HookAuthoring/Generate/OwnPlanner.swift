internal import HookPolicy

/// What QEMU does with its own rights, as far as the language takes it: nothing that the policy manages.
struct OwnPlanner {
    struct Statement {
        let kind: OwnStatement.Kind
        let path: AbsolutePath
        var roles: [String]
    }

    private let granted: [AbsolutePath]
    /// The VM's name, for the directory that a remark proposes.
    private let vm: String
    private(set) var statements: [Statement] = []
    private(set) var remarks: [Remark] = []

    init(rules: [PlannedRule], vm: String) {
        granted = rules.map(\.path)
        self.vm = vm
    }

    var paths: [AbsolutePath] { statements.map(\.path) }

    mutating func add(_ use: OwnUse) {
        guard !use.path.starts(with: [UInt8(ascii: "@")]) else { return }
        guard let path = AbsolutePath(directory: use.path), path != .root,
            WordWriter.word(path.bytes).count <= 6 << 10
        else {
            remarks.append(Remark(.refusal, "\(use.role): `\(shown(use.path))` is no clean absolute name"))
            return
        }
        if use.kind != .socket,
            let objection = SystemName.objection(to: path, use.kind == .readOnly ? .readOnly : .readWrite),
            use.kind == .readWrite || !path.isBeneathOrEqual(AbsolutePath.etc)
        {
            remarks.append(Remark(.refusal, "\(use.role): \(shown(use.path)) \(objection)"))
            return
        }
        guard use.kind == .readOnly || !SharedDirectory.includes(path) else {
            remarks.append(
                Remark(
                    .refusal,
                    "\(use.role): \(shown(use.path)) is not this VM's alone, and QEMU could reach what others have there: "
                        + "use a directory of the VM's own, such as /run/\(vm)"))
            return
        }
        guard !granted.contains(where: { $0.isBeneathOrEqual(path) }) else {
            remarks.append(
                Remark(
                    .refusal,
                    "\(use.role): \(shown(use.path)) holds files that the policy grants, so QEMU cannot have it as its own"
                ))
            return
        }
        if let known = statements.firstIndex(where: { $0.kind == use.kind && $0.path == path }) {
            if !statements[known].roles.contains(use.role) { statements[known].roles.append(use.role) }
        } else {
            statements.append(Statement(kind: use.kind, path: path, roles: [use.role]))
        }
    }

    /// Takes away what lies in a root, or holds one.
    mutating func drop(beneath roots: [AbsolutePath]) {
        for statement in statements {
            let path = statement.path
            guard roots.contains(where: { path.isBeneathOrEqual($0) || $0.isBeneathOrEqual(path) }) else { continue }
            remarks.append(
                Remark(
                    .refusal,
                    "\(statement.roles.joined(separator: ", ")): \(shown(path.bytes)) lies in a root of this policy, and "
                        + "QEMU's own files cannot: put it elsewhere"))
        }
        statements.removeAll { statement in
            roots.contains { statement.path.isBeneathOrEqual($0) || $0.isBeneathOrEqual(statement.path) }
        }
    }
}

extension AbsolutePath {
    /// What QEMU may read with its own rights anyway.
    fileprivate static let etc = AbsolutePath("/etc") ?? .root
}
