internal import HookLinux
package import SystemPackage

/// What the policy's `selinux` statement says.
package enum LabelRequirement: Sendable, Hashable, CaseIterable {
    case require, ifEnabled, off
}

/// Whether this kernel has SELinux.
package enum KernelLabels: Sendable, Hashable, CaseIterable {
    case on, off
}

/// A `peer label` or `peer type` statement of the policy.
package enum PeerPin: Sendable, Hashable {
    case label(SecurityContext)
    case type([UInt8])

    /// A full label is compared byte for byte.
    package func admits(_ context: SecurityContext) -> Bool {
        switch self {
        case .label(let pinned): pinned == context
        case .type(let pinned): context.type.elementsEqual(pinned)
        }
    }
}

/// What happens to a connection's requests as to labels: checked for a subject, not checked, or refused.
///
/// This is the table "What follows from it" of the design, and nothing else decides it.
package enum LabelPlan: Sendable, Equatable {
    case check(subject: SecurityContext)
    case noCheck(NoCheckReason)
    case refuse(ConnectionRefusal)

    package enum NoCheckReason: Sendable, Equatable {
        /// The policy says `selinux off`.
        case policySaysOff
        /// The policy says `selinux if-enabled`, and the kernel has no SELinux.
        case kernelHasNoLabels
    }

    package enum ConnectionRefusal: Error, Sendable, Equatable {
        case selinuxIsOff
        case peerHasNoLabel(because: Errno?)
        case peerLabelIsForeign([UInt8])
        case peerIsAnother(SecurityContext)
        case severalLabelsPinned
    }

    /// - Parameter pins: the policy's `peer label` and `peer type` statements; one of them must admit a labelled peer.
    package static func decide(
        _ requirement: LabelRequirement, kernel: KernelLabels, peer: PeerContext, pins: [PeerPin]
    ) -> LabelPlan {
        if case .labelled(let context) = peer, !pins.isEmpty, !pins.contains(where: { $0.admits(context) }) {
            return .refuse(.peerIsAnother(context))
        }
        switch (requirement, kernel) {
        case (.off, _): return .noCheck(.policySaysOff)
        case (.ifEnabled, .off): return .noCheck(.kernelHasNoLabels)
        case (.require, .off): return .refuse(.selinuxIsOff)
        case (.require, .on), (.ifEnabled, .on): return subject(peer, pins)
        }
    }

    /// The subject where the kernel has labels. Only a full pinned label can stand in for a missing one.
    private static func subject(_ peer: PeerContext, _ pins: [PeerPin]) -> LabelPlan {
        switch peer {
        case .labelled(let context): return .check(subject: context)
        case .foreign(let bytes): return .refuse(.peerLabelIsForeign(bytes))
        case .unlabelled(let because):
            var vouchedFor: SecurityContext?
            for case .label(let pinned) in pins {
                guard vouchedFor == nil || vouchedFor == pinned else { return .refuse(.severalLabelsPinned) }
                vouchedFor = pinned
            }
            return vouchedFor.map(LabelPlan.check) ?? .refuse(.peerHasNoLabel(because: because))
        }
    }
}

extension LabelPlan.ConnectionRefusal: CustomStringConvertible {
    /// For the audit record; what to do next included.
    package var description: String {
        switch self {
        case .selinuxIsOff:
            "the policy says `selinux require`, and this kernel has no SELinux"
        case .peerHasNoLabel(let errno):
            "the peer has no label (\(errno.map(\.described) ?? "it is empty")): pin one with `peer label CONTEXT`"
        case .peerLabelIsForeign(let bytes):
            "the peer's label is no SELinux context: \(String(reflecting: String(decoding: bytes, as: UTF8.self)))"
        case .peerIsAnother(let context):
            "the peer's label is \(context), which no `peer label` or `peer type` of the policy names"
        case .severalLabelsPinned:
            "the peer has no label, and the policy pins several: it must name one alone to vouch for it"
        }
    }
}
