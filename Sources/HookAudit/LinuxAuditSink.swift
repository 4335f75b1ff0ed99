internal import HookLinux
internal import Synchronization
package import SystemPackage

/// Audit records in the system's own audit log, one `AUDIT_VIRT_RESOURCE` message a file, with libvirt's fields in
/// libvirt's order: `virt=kvm resrc=disk reason=open vm="web01" uuid=… path="…" rdev=? … res=success`.
///
/// What was opened or refused is there, what was opened and did not reach its client, and what is about to lose its name or
/// to get another one; nothing else has a resource.
/// A message counts when the kernel has taken it and is going to keep it.
package final class LinuxAuditSink: AuditSink {
    private struct Refusals {
        var fold = RefusalFold()
        var isClosed = false
    }

    private let courier: AuditCourier
    private let clock: @Sendable () -> Int64
    private let refusals = Mutex(Refusals())

    /// - Parameter clock: monotonic nanoseconds.
    package init(_ courier: AuditCourier, clock: @escaping @Sendable () -> Int64 = { KernelClock.monotonic() }) {
        self.courier = courier
        self.clock = clock
    }

    /// - Throws: `ENOTSUP` if auditing is switched off, `ETIMEDOUT`, and the errnos of `KernelAudit`.
    package func record(_ record: borrowing AuditRecord, urgency: AuditUrgency) throws(Errno) {
        guard let message = VirtualResource.message(record) else { return }
        let now = clock()
        let (isFolded, repeated) = try refusals.withLock { refusals throws(Errno) -> (Bool, AuditRecord?) in
            guard !refusals.isClosed else { throw .badFileDescriptor }
            if refusals.fold.absorb(record, now: now) { return (true, nil) }
            return (false, refusals.fold.end())
        }
        post(repeated)
        guard !isFolded else { return }
        try courier.deliver(message)
        // Another thread may have begun to count meanwhile: what it counted is told, too.
        post(beginFold(afterWriting: record, now: now))
    }

    private func beginFold(afterWriting record: borrowing AuditRecord, now: Int64) -> AuditRecord? {
        guard record.result == .refused else { return nil }
        return refusals.withLock { refusals in
            let repeated = refusals.fold.end()
            refusals.fold.begin(record, now: now)
            return repeated
        }
    }

    package func flush(now: Int64) {
        post(refusals.withLock { $0.fold.hasExpired(now) ? $0.fold.end() : nil })
    }

    /// There is no file to open again.
    package func reopen() {}

    package func close() {
        post(
            refusals.withLock { refusals in
                refusals.isClosed = true
                return refusals.fold.end()
            })
        courier.close()
    }

    /// How often a refusal was repeated: nobody waits for that.
    private func post(_ repeated: AuditRecord?) {
        guard let repeated, let message = VirtualResource.message(repeated) else { return }
        courier.post(message)
    }
}
