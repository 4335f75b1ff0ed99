internal import HookAudit
internal import HookLinux
internal import HookSELinux
package import SystemPackage

/// What a front end of another module asks of the server.
extension Service {
    /// The policy in force.
    package var generation: PolicyGeneration { policies.current.generation }
    /// Whether the label of who asks makes a difference.
    package var readsLabels: Bool { generation.labelCheck.kernel == .on }
    /// Whether the server ends: no request that has not begun will be served.
    package var acceptsNoMore: Bool { isStopping }

    /// A front end cannot do what it is there for.
    package func reportTrouble(_ reason: String) {
        report(.connectionRefused, of: AuditRecord.Peer(), reason, .refused)
    }
}

/// Refusals of front ends.
extension Refusal {
    package static let targetElsewhere = Refusal(.permissionDenied, at: .name, .targetElsewhere)
    /// - Parameter name: what a statement would have to name; nil for what no statement can be about.
    package static func notOwnSocket(_ name: [UInt8]?) -> Refusal {
        Refusal(.permissionDenied, at: .policy, .notOwnSocket(name))
    }
    package static let foreignUser = Refusal(.permissionDenied, at: .peer, .foreignUser)

    /// What the kernel says to a call that the program may make, and that has not failed: of it there is no record.
    package static func answer(_ errno: Errno) -> Refusal { Refusal(errno, at: .object, .answer) }

    /// What the kernel said.
    package static func kernel(_ errno: Errno) -> Refusal { Refusal(errno, at: .object, .kernel) }
}
