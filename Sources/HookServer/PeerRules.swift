internal import HookLinux
internal import HookPolicy
internal import HookSELinux

/// The `peer` statements of a policy, with names resolved: who may ask.
///
/// Statements of different kinds must all hold; of several of one kind, one must.
package struct PeerRules: Sendable {
    /// `peer label` and `peer type`.
    let pins: [PeerPin]
    /// `peer uid`
    package let users: [UInt32]
    /// `peer gid`
    package let groups: [UInt32]
    /// `peer any`
    let admitsAnyone: Bool

    /// Why nobody is named, if it is so: then a listening socket needs `--peer-pid`.
    ///
    /// Where labels are not checked, a pinned label or type turns nobody away who has none: that names no one.
    func unnamedAskers(checkingLabels: Bool) -> UnnamedAskers? {
        if admitsAnyone || namesProcesses { return nil }
        if checkingLabels { return pins.isEmpty ? .noStatementAboutLabelsEither : nil }
        return pins.isEmpty ? .noStatement : .labelsAlone
    }

    /// Whether it matters which process sent a message.
    var namesProcesses: Bool { !users.isEmpty || !groups.isEmpty }

    func admits(_ peer: PeerCredentials) -> Bool {
        (users.isEmpty || users.contains(peer.uid)) && (groups.isEmpty || groups.contains(peer.gid))
    }
}

extension PeerRequirements {
    /// `peer label` and `peer type`, but for labels that are none.
    var pins: [PeerPin] {
        labels.compactMap { SecurityContext(validating: $0.context) }.map(PeerPin.label)
            + types.map { .type($0.type) }
    }
}
