package import SystemPackage

/// What a policy says about one subject, object and class.
package struct AccessAnswer: Sendable, Equatable {
    /// The permissions that the policy allows, in the bits of the loaded policy.
    package let allowed: UInt32
    /// The permissions that the policy decided about; the others are denied.
    package let decided: UInt32
    /// The permissions whose denial is to be logged: all but those that a `dontaudit` rule names.
    package let auditDeny: UInt32
    /// `SELINUX_AVD_FLAGS_PERMISSIVE`: the subject's domain is permissive.
    package let domainIsPermissive: Bool
    /// Grows with each load of a policy.
    package let sequence: UInt32

    package init(
        allowed: UInt32, decided: UInt32, auditDeny: UInt32 = .max, domainIsPermissive: Bool, sequence: UInt32
    ) {
        self.allowed = allowed
        self.decided = decided
        self.auditDeny = auditDeny
        self.domainIsPermissive = domainIsPermissive
        self.sequence = sequence
    }
}

/// What the kernel's SELinux status page says.
package struct SELinuxStatus: Sendable, Equatable {
    /// Changes with each load of a policy and each change of its booleans.
    package let policyLoads: UInt32
    package let isEnforcing: Bool

    package init(policyLoads: UInt32, isEnforcing: Bool) {
        self.policyLoads = policyLoads
        self.isEnforcing = isEnforcing
    }
}

/// What answers by a SELinux policy: the kernel, or libsepol with a policy's file.
package protocol PolicyEngine: Sendable {
    /// The number of a class in the loaded policy. `string_to_security_class(3)`.
    func classNumber(_ name: String) throws(Errno) -> UInt16

    /// The bit of a permission in the loaded policy. `string_to_av_perm(3)`.
    func permissionBit(_ name: String, ofClass number: UInt16) throws(Errno) -> UInt32

    /// Drops what `classNumber` and `permissionBit` remember of an earlier policy. `selinux_flush_class_cache(3)`.
    func forgetClasses()

    /// Asks the policy. `security_compute_av_flags_raw(3)`.
    ///
    /// - Throws: `EINVAL` for a context that the policy does not know.
    func access(
        of subject: SecurityContext, to object: SecurityContext, classNumber: UInt16
    ) throws(Errno) -> AccessAnswer

    /// Whether the system enforces its policy, at this moment. `security_getenforce(3)`.
    func isEnforcing() throws(Errno) -> Bool

    /// The status page, read without a system call. `selinux_status_open(3)`.
    func status() throws(Errno) -> SELinuxStatus
}
