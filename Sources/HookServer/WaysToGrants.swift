internal import HookLinux
internal import HookPolicy
internal import Synchronization

/// The directories on the way to the names that a policy grants, as far as it names them without wildcards.
///
/// Whoever may open a file may know that these are there; and nothing else of what lies around it.
final class WaysToGrants: Sendable {
    private let policy: Policy
    /// Made when it is first needed: by a program that looks at directories.
    private let ways = Mutex<[[UInt8]: Rule.ID]?>(nil)

    init(_ policy: Policy) { self.policy = policy }

    /// A rule that is about something in that directory, or further down.
    func rule(beneath directory: SystemPath) -> Rule.ID? {
        ways.withLock { ways in
            if ways == nil { ways = Self.ways(policy) }
            return ways?[directory.bytes]
        }
    }

    private static func ways(_ policy: Policy) -> [[UInt8]: Rule.ID] {
        var ways: [[UInt8]: Rule.ID] = [:]
        for (id, rule) in policy.rules.enumerated() where rule.verb != .deny {
            for directory in rule.literalDirectories {
                var step = directory
                while ways[step.bytes] == nil {
                    ways[step.bytes] = id
                    guard step != .root else { break }
                    step = step.parent
                }
            }
        }
        return ways
    }
}
