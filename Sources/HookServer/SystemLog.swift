internal import HookAudit
internal import HookLinux
internal import SystemPackage

/// The kernel's audit subsystem: the sink of `--audit linux` and SELinux denials share one way to it, which is opened
/// for whoever needs it first.
struct SystemLog {
    private var kernel: LibAudit?
    private var courier: AuditCourier?

    private mutating func open() throws(Errno) -> (kernel: LibAudit, courier: AuditCourier) {
        if let kernel, let courier { return (kernel, courier) }
        let opened = try LibAudit()
        let made = AuditCourier(opened)
        (kernel, courier) = (opened, made)
        return (opened, made)
    }

    /// The sink of `--audit linux`.
    ///
    /// - Returns: nil if there is no way to the kernel, and records may be lost.
    /// - Throws: what is missing, where no record may be lost.
    mutating func sink(
        _ loss: ServerOptions.AuditLoss, _ tell: (String) -> Void
    ) throws(Startup.Failure) -> LinuxAuditSink? {
        let way: (kernel: LibAudit, courier: AuditCourier)
        do { way = try open() } catch {
            try Self.lacking("this process cannot reach the kernel's audit subsystem: \(error.described)", loss, tell)
            return nil
        }
        if let obstacle = Self.obstacle(way.kernel) { try Self.lacking(obstacle, loss, tell) }
        return LinuxAuditSink(way.courier)
    }

    /// Why the kernel would drop messages.
    private static func obstacle(_ kernel: LibAudit) -> String? {
        do {
            if try kernel.isEnabled() { return nil }
            return "auditing is switched off in this kernel: start auditd, or `auditctl -e 1`"
        } catch {
            return "whether the kernel keeps audit messages cannot be asked: that takes CAP_AUDIT_CONTROL, outside of "
                + "containers (\(error.described))"
        }
    }

    private static func lacking(
        _ what: String, _ loss: ServerOptions.AuditLoss, _ tell: (String) -> Void
    ) throws(Startup.Failure) {
        switch loss {
        case .refuses: throw .environment("--audit linux: \(what)")
        case .tolerated: tell("warning: --audit linux: \(what)")
        }
    }

    /// Where SELinux denials go. Without it there are the server's own records.
    mutating func denials(_ tell: (String) -> Void) -> DenialLog {
        do {
            return DenialLog(UserAVCLog(try open().courier))
        } catch {
            tell("warning: SELinux denials are not told to the system's audit log: \(error.described)")
            return DenialLog(nil)
        }
    }

    /// Starts the thread that talks to the kernel, if one is needed: after this process has given up what it may not keep.
    func start() throws(Errno) { try courier?.start() }
}
