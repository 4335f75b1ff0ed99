internal import HookPolicy

/// Which labels a policy gives, and asks for, when a VM has SELinux labels.
///
/// libvirt labels an image of one VM with the VM's categories, what is only read with `virt_content_t`, and what several
/// VMs write with no categories. Where a file system keeps no labels the policy says the same in libvirt's place.
struct LabelChoice {
    let identity: SELinuxIdentity
    let accelerator: VMIdentity.Accelerator

    /// Whether the kernel is asked about labels.
    var requirement: SELinuxRequirement {
        switch identity {
        case .unknown: .ifEnabled
        case .none: .off
        case .dynamic, .fixed: .require
        }
    }

    /// The `peer` statement; nil if there is nothing to say, or the label is none.
    var peer: [[UInt8]]? {
        switch identity {
        case .none: return nil
        case .unknown: return ["peer", "type", accelerator.type].map { Array($0.utf8) }
        case .dynamic(let process, _):
            let type = process.flatMap(LabelFields.init)?.type ?? Array(accelerator.type.utf8)
            return ["peer", "type"].map { Array($0.utf8) } + [type]
        case .fixed(let process, _):
            guard LabelFields(process) != nil else { return nil }
            return ["peer", "label"].map { Array($0.utf8) } + [process]
        }
    }

    /// The label of files beneath a root that holds these, if the policy is to give one.
    func label(ofRootWith rules: [PlannedRule]) -> [UInt8]? {
        guard rules.isEmpty || rules.contains(where: { $0.fileLabels != .own }) else { return nil }
        return own(of: rules).map { label($0) } ?? nil
    }

    /// The label that a rule has besides its root's, if it needs one.
    func label(of rule: PlannedRule, in root: PlannedRoot?) -> [UInt8]? {
        if let label = rule.label, LabelFields(label) != nil { return label == root?.label ? nil : label }
        // A rule's own label must be the file's where it has one: so it is given where it has none alone.
        guard rule.fileLabels == .none, let label = label(Self.use(of: rule)) else { return nil }
        return label == root?.label ? nil : label
    }

    private enum Use { case image, shared, content }

    /// What most depends on: an image of the VM's own among them makes it the VM's.
    private func own(of rules: [PlannedRule]) -> Use? {
        let uses = rules.map(Self.use)
        if uses.isEmpty || uses.contains(.image) { return .image }
        return uses.contains(.shared) ? .shared : .content
    }

    private static func use(of rule: PlannedRule) -> Use {
        if rule.access == .readOnly { return .content }
        return rule.sharing == .shared ? .shared : .image
    }

    private func label(_ use: Use) -> [UInt8]? {
        let (known, level): ([UInt8]?, [UInt8]?) =
            switch identity {
            case .unknown, .none: (nil, nil)
            case .dynamic(_, let image): (image, Array("${level}".utf8))
            case .fixed(let process, let image): (image, LabelFields(image ?? process)?.level)
            }
        guard let level else { return nil }
        let head = known.flatMap(LabelFields.init)?.head ?? Array("system_u:object_r:svirt_image_t".utf8)
        return switch use {
        case .image: head + [UInt8(ascii: ":")] + level
        case .shared: head + Array(":s0".utf8)
        case .content: Array("system_u:object_r:virt_content_t:s0".utf8)
        }
    }
}

/// The parts of a SELinux context, as the policy language takes one.
struct LabelFields {
    /// `user:role:type`
    let head: [UInt8]
    let type: [UInt8]
    let level: [UInt8]?

    /// Nil for what is no context: a word of the policy must not be more than a word.
    init?(_ context: [UInt8]) {
        let fields = context.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count >= 3, fields[..<3].allSatisfy(Self.isIdentifier) else { return nil }
        if fields.count == 4 {
            guard !fields[3].isEmpty,
                fields[3].allSatisfy({ Self.letters.contains($0) || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ":") }
                )
            else { return nil }
        }
        head = Array(fields[..<3].joined(separator: [UInt8(ascii: ":")]))
        type = Array(fields[2])
        level = fields.count == 4 ? Array(fields[3]) : nil
    }

    private static func isIdentifier(_ field: ArraySlice<UInt8>) -> Bool {
        guard let first = field.first, !Array("0123456789.-".utf8).contains(first) else { return false }
        return field.allSatisfy { letters.contains($0) }
    }

    private static let letters = Set(
        Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-".utf8))
}
