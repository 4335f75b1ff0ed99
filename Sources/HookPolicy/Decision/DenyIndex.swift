/// A policy's `deny` rules, spelled below the directories that its roots really are.
///
/// A root may be reached through a symbolic link. The kernel's name of an object then lies below another directory
/// than the one the policy names, and the rules have to hold there too.
package struct DenyIndex: Sendable {
    private let patterns: PatternTable
    private let index: RuleIndex

    init(patterns: PatternTable) {
        self.patterns = patterns
        index = RuleIndex(of: .deny, in: patterns, point: PrefixHash.secretPoint())
    }

    /// The `deny` that refuses an access to what has this real name: the one that stands first, or none.
    ///
    /// The name is absolute and clean. Nothing is allocated.
    package func rule(denying name: borrowing Span<UInt8>, _ access: Access) -> Rule.ID? {
        index.firstDenying(name, access, in: patterns)
    }
}

extension Policy {
    /// The same `deny` rules for the real names of objects.
    ///
    /// - Parameter realDirectories: by ``Root/ID``, the kernel's name of the root's directory. Where it is nil, or
    ///   missing, the directory counts as it is written.
    package func denyIndex(realDirectories: [[UInt8]?]) -> DenyIndex {
        var table = PatternTable()
        for (id, rule) in rules.enumerated() where rule.verb == .deny {
            let directory = roots[rule.root].directory
            let real = realDirectories.indices.contains(rule.root) ? realDirectories[rule.root] : nil
            for number in rule.patterns {
                let pattern = storage.patterns.pattern(number).moved(from: directory, to: real ?? directory.bytes)
                _ = table.add(pattern, rule: id, verb: .deny, access: rule.access)
            }
        }
        return DenyIndex(patterns: table)
    }
}

extension Pattern {
    /// The same pattern below another directory.
    fileprivate func moved(from directory: AbsolutePath, to real: [UInt8]) -> Pattern {
        var moved = self
        if isExact, beginning == directory.bytes {
            moved.beginning = real
        } else {
            let parting: [UInt8] = real.last == slash ? [] : [slash]
            moved.beginning = real + parting + beginning.dropFirst(directory.prefix.count)
        }
        return moved
    }
}
