package import SystemPackage

/// Everything that is asked of the kernel's audit subsystem. Tests put a recorder in its place.
///
/// A call may wait: a kernel whose audit backlog is full lets senders sleep, a minute if it is not told otherwise.
package protocol KernelAudit: Sendable {
    /// Whether auditing is switched on. If it is not, the kernel drops messages and reports success.
    ///
    /// - Throws: `EPERM` if this process may not ask: that takes `CAP_AUDIT_CONTROL`.
    func isEnabled() throws(Errno) -> Bool

    /// Hands a message to the kernel, which acknowledges it.
    ///
    /// - Throws: `EPERM` without `CAP_AUDIT_WRITE`, `ECONNREFUSED` from a kernel without auditing.
    func send(_ message: AuditMessage) throws(Errno)
}
