internal import HookAudit
internal import HookLinux
internal import HookSELinux

/// What SELinux denied to a VM, told to the system's audit log as object managers do.
///
/// Nothing depends on it and nobody waits for it: a refusal stays one, whatever becomes of the message.
struct DenialLog: Sendable {
    /// Nil where the system has no SELinux, or no audit log that could be reached.
    private let log: UserAVCLog?

    init(_ log: UserAVCLog?) { self.log = log }

    /// The denial that a refusal is because of, if it is.
    func note(_ refusal: LabelRefusal, of name: SystemPath, to peer: AuditRecord.Peer) {
        guard let denial = refusal.denial else { return }
        note(denial, .refused, name, peer)
    }

    /// What was denied and granted all the same.
    func note(_ verdict: LabelVerdict, of name: SystemPath, to peer: AuditRecord.Peer) {
        guard case .permissive(let denials) = verdict else { return }
        for denial in denials { note(denial, .granted, name, peer) }
    }

    /// Sends what is still waiting, for a second at most.
    func close() { log?.close() }

    private func note(
        _ denial: LabelDenial, _ outcome: LabelDenial.Outcome, _ name: SystemPath, _ peer: AuditRecord.Peer
    ) {
        guard let log, let bare = denial.avc(outcome) else { return }
        // `fd use` is about the server's descriptors, whatever file it was.
        let path = denial.objectClass == .fd ? [] : name.bytes
        let details = AuditMessage.subjectAndPath(
            pid: peer.pid, path: path, room: AuditMessage.mostBytes - bare.utf8.count)
        guard let text = denial.avc(outcome, for: String(decoding: details, as: UTF8.self)) else { return }
        log.log(Array(text.utf8), onBehalfOf: peer.uid ?? .max)
    }
}
