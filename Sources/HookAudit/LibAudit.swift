internal import CAudit
internal import HookLinux
package import SystemPackage

/// The kernel, through libaudit, which keeps what it knows of this process in variables of its own: one thread may use
/// it at a time. `AuditCourier` sees to that.
package final class LibAudit: KernelAudit {
    private let socket: OwnedDescriptor

    /// `audit_open(3)`.
    ///
    /// - Throws: `EPROTONOSUPPORT` from a kernel without auditing, `EAFNOSUPPORT` where a filter keeps netlink away.
    package init() throws(Errno) {
        switch capturingErrno({ audit_open() }) {
        case .success(let number): socket = OwnedDescriptor(taking: number)
        case .failure(let errno): throw errno
        }
    }

    package func isEnabled() throws(Errno) -> Bool {
        // 2: auditing is on, and stays on until the next boot. -1 comes without an errno: the kernel's refusal is lost.
        switch audit_is_enabled(socket.number) {
        case 1, 2: return true
        case 0: return false
        default: throw .notPermitted
        }
    }

    package func send(_ message: AuditMessage) throws(Errno) {
        let text = message.text.filter { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
        let unknown = "?"
        let result: CInt
        switch message.kind {
        case .userAVC(let user):
            result = unsafe audit_log_user_avc_message(
                socket.number, AUDIT_USER_AVC, text, nil, nil, unknown, user)
        case .virtualResource(let outcome):
            result = unsafe audit_log_user_message(
                socket.number, AUDIT_VIRT_RESOURCE, text, nil, nil, unknown, outcome == .success ? 1 : 0)
        }
        // A negated errno; or 0, for a kernel without auditing and for a process without the right to write: libaudit
        // keeps quiet about both, as if all were well.
        guard result <= 0 else { return }
        throw result == 0 ? .notPermitted : Errno(rawValue: 0 &- result)
    }
}
