package import HookPolicy

/// A `root` block that is to be written.
struct PlannedRoot {
    let name: String
    let directory: AbsolutePath
    var label: [UInt8]?
    var rules: [PlannedRule] = []
    var snapshots: [SnapshotRule] = []

    /// The first rule's.
    var part: FileUse.Part { rules.first?.part ?? .disks }
}

/// What `--snapshots` asks for: files that do not exist yet.
package struct SnapshotRule: Sendable, Equatable {
    package let directory: AbsolutePath
    /// A pattern of the policy language, for what is in the directory itself.
    package let pattern: [UInt8]

    /// As libvirt calls the overlays that it names itself: `web01.NAME` beside `web01.qcow2`.
    package static let standardPattern = Array("${vm}.*".utf8)
    /// How many may be there at a time.
    static let limit = 32

    /// `DIR` or `DIR:PATTERN`; nil if the directory is no clean absolute name.
    package init?(option: [UInt8]) {
        let parts = option.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let directory = AbsolutePath(directory: parts[0]), directory != .root else { return nil }
        let pattern = parts.count > 1 ? Array(parts[1]) : SnapshotRule.standardPattern
        guard !pattern.isEmpty, !pattern.contains(slash), pattern.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return nil
        }
        self.directory = directory
        self.pattern = pattern
    }
}

/// Parts rules into roots, and those that stand alone.
struct RootPlanner {
    let labels: LabelChoice
    /// Directories with something that QEMU reaches with its own rights: the language lets none be a root.
    let ownPaths: [AbsolutePath]
    let host: any HostView

    struct Plan {
        var roots: [PlannedRoot] = []
        var single: [PlannedRule] = []
    }

    func plan(_ rules: [PlannedRule], snapshots: [SnapshotRule]) -> Plan {
        var plan = Plan()
        var directories: [AbsolutePath] = []
        var byDirectory: [AbsolutePath: [PlannedRule]] = [:]
        for rule in rules {
            let directory = rule.path.parent
            if byDirectory[directory] == nil { directories.append(directory) }
            byDirectory[directory, default: []].append(rule)
        }
        for snapshot in snapshots where byDirectory[snapshot.directory] == nil {
            directories.append(snapshot.directory)
            byDirectory[snapshot.directory] = []
        }
        var names: Set<String> = []
        for directory in directories {
            let rules = byDirectory[directory] ?? []
            let snapshots = RootPlanner.distinct(snapshots.filter { $0.directory == directory })
            guard !snapshots.isEmpty || deservesRoot(directory, rules) else {
                plan.single += rules
                continue
            }
            let name = RootPlanner.name(for: directory, avoiding: &names)
            var root = PlannedRoot(name: name, directory: directory, rules: rules, snapshots: snapshots)
            root.label = labels.label(ofRootWith: rules)
            plan.roots.append(root)
        }
        return plan
    }

    /// What is asked for twice is said once.
    private static func distinct(_ snapshots: [SnapshotRule]) -> [SnapshotRule] {
        snapshots.enumerated().filter { !snapshots[..<$0.offset].contains($0.element) }.map(\.element)
    }

    /// Several files in one directory, or one whose label the policy has to give: labels are said of roots.
    private func deservesRoot(_ directory: AbsolutePath, _ rules: [PlannedRule]) -> Bool {
        guard !RootPlanner.neverRoots.contains(where: { directory.isBeneathOrEqual($0) }) else { return false }
        guard rules.allSatisfy({ $0.kinds == .file && $0.symlinks != .follow }) else { return false }
        guard !ownPaths.contains(where: { $0.isBeneathOrEqual(directory) || directory.isBeneathOrEqual($0) }) else {
            return false
        }
        guard rules.count > 1 || labels.label(ofRootWith: rules) != nil else { return false }
        switch host.look(at: directory) {
        case .found(let object): return object.kind == .directory
        case .link(let object, _, _): return object.kind == .directory
        case .notLooked: return true
        case .missing, .unreachable, .danglingLink: return false
        }
    }

    private static let neverRoots = ["/usr", "/boot", "/dev"].compactMap { AbsolutePath($0) }

    /// After the directory: `images` for `/srv/images`.
    private static func name(for directory: AbsolutePath, avoiding names: inout Set<String>) -> String {
        let stem = PolicyName.made(of: Array(lastComponent(of: directory.bytes)), orElse: "files")
        var name = stem
        var number = 2
        while names.contains(name) {
            name = "\(stem.prefix(58))-\(number)"
            number += 1
        }
        names.insert(name)
        return name
    }
}

/// Names of VMs and roots, which have fewer letters than names of files.
enum PolicyName {
    /// The name with `-` for each byte that has no place in one.
    static func made(of bytes: [UInt8], orElse fallback: String) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        let marks = Array("._-".utf8)
        var name: [UInt8] = []
        for byte in bytes.prefix(64) {
            let isFit = letters.contains(byte) || !name.isEmpty && marks.contains(byte)
            if isFit { name.append(byte) } else if !name.isEmpty { name.append(UInt8(ascii: "-")) }
        }
        return name.isEmpty ? fallback : String(decoding: name, as: UTF8.self)
    }
}
