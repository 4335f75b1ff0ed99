internal import HookLinux
internal import HookPolicy
internal import HookServer
internal import SystemPackage

/// Which names are the policy's: those beneath a `root` block's directory, and those that a rule outside is about.
struct ManagedNames: Sendable {
    let coverage: NotifyCoverage

    init(_ coverage: NotifyCoverage) { self.coverage = coverage }

    /// - Parameter name: absolute; cleaned as text.
    func contain(_ name: borrowing Span<UInt8>, _ policy: Policy) -> Bool {
        if coverage == .strict { return true }
        for root in policy.roots where root.isDeclared {
            if Self.isBeneathOrEqual(name, root.directory.bytes) { return true }
        }
        return Self.isListed(policy.decide(name, .readWrite)) || Self.isListed(policy.decide(name, .readOnly))
    }

    private static func isListed(_ verdict: Verdict) -> Bool {
        if case .unlisted = verdict { return false }
        return true
    }

    private static func isBeneathOrEqual(_ name: borrowing Span<UInt8>, _ directory: [UInt8]) -> Bool {
        if directory.count == 1 { return true }
        guard name.count >= directory.count else { return false }
        for index in directory.indices where name[index] != directory[index] { return false }
        return name.count == directory.count || name[directory.count] == UInt8(ascii: "/")
    }
}
