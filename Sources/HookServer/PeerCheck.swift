internal import HookLinux
internal import HookSELinux
internal import SystemPackage

/// Stage 1: is this connection, this message, from whom the policy and the command line say.
struct PeerCheck: Sendable {
    /// `--peer-pid`: no other process may ask.
    let process: PeerProcess?

    /// Why a peer is turned away, in words for the audit record.
    enum Rejection: Error, Sendable {
        case otherProcess(wanted: Int32)
        case otherUser
        case senderUnknown
        case labelUnreadable(Errno)
        case label(LabelPlan.ConnectionRefusal)
    }

    /// Checks a connection against a policy generation: when it is made, and again when the policy changes.
    ///
    /// - Returns: whose label is checked in its requests.
    func admit(_ connection: Connection, _ generation: PolicyGeneration) throws(Rejection) -> Asker.Subject {
        // Who made an inherited pair is not who uses it: there each message is checked.
        if connection.origin == .accepted { try admit(connection.credentials, generation) }
        return try subject(of: connection.label, generation)
    }

    /// Checks a launcher: it will be the VM's QEMU.
    func admit(
        launcher: PeerCredentials, _ label: Result<PeerContext, Errno>, _ generation: PolicyGeneration
    ) throws(Rejection) {
        try admit(launcher, generation)
        _ = try subject(of: label, generation)
    }

    /// Checks a process whose system calls are answered. Which ones may ask follows from their filter; here from whom the
    /// policy wants to be asked.
    ///
    /// - Returns: whose label is checked in its requests.
    func admit(
        notified process: PeerCredentials, _ label: Result<PeerContext, Errno>, _ generation: PolicyGeneration
    ) throws(Rejection) -> Asker.Subject {
        guard generation.peers.admits(process) else { throw .otherUser }
        return try subject(of: label, generation)
    }

    private func subject(
        of label: Result<PeerContext, Errno>, _ generation: PolicyGeneration
    ) throws(Rejection) -> Asker.Subject {
        switch label {
        case .failure(let errno): throw .labelUnreadable(errno)
        case .success(let context):
            switch generation.labelCheck.plan(for: context, pins: generation.peers.pins) {
            case .check(let subject): return .label(subject)
            case .noCheck: return .unchecked
            case .refuse(let refusal): throw .label(refusal)
            }
        }
    }

    /// Checks the sender of one message. A descriptor can be passed on, so who connected may not be who sends.
    func admit(message sender: PeerCredentials?, _ generation: PolicyGeneration) throws(Rejection) {
        guard mustKnowSenders(generation) else { return }
        // Pid 0: sent before this end asked for credentials, or from a pid namespace that this one cannot see.
        guard let sender, sender.pid != 0 else { throw .senderUnknown }
        try admit(sender, generation)
    }

    func mustKnowSenders(_ generation: PolicyGeneration) -> Bool {
        process != nil || generation.peers.namesProcesses
    }

    private func admit(_ peer: PeerCredentials, _ generation: PolicyGeneration) throws(Rejection) {
        if let process, !process.handle.isProcess(numbered: peer.pid) {
            throw .otherProcess(wanted: process.handle.pid)
        }
        guard generation.peers.admits(peer) else { throw .otherUser }
    }
}

/// The one process that may ask.
final class PeerProcess: Sendable {
    let handle: ProcessHandle

    init(pid: Int32) throws(Errno) { handle = try ProcessHandle(pid: pid) }
}

extension PeerCheck.Rejection: CustomStringConvertible {
    var description: String {
        switch self {
        case .otherProcess(let wanted): "only process \(wanted) may ask (--peer-pid), and it must still run"
        case .otherUser: "no `peer uid` or `peer gid` statement of the policy names this user"
        case .senderUnknown: "the kernel does not say which process sent the message"
        case .labelUnreadable(let errno): "the peer's label cannot be read: \(errno.described)"
        case .label(let refusal): refusal.description
        }
    }
}
