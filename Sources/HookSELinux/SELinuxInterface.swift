package import SystemPackage

/// What the kernel's policy says about one subject, object and class.
package struct AccessAnswer: Sendable, Equatable {
    /// The permissions that the policy allows, in the bits of the loaded policy.
    package let allowed: UInt32
    /// The permissions that the kernel decided about; the others are denied.
    package let decided: UInt32
    /// `SELINUX_AVD_FLAGS_PERMISSIVE`: the subject's domain is permissive.
    package let domainIsPermissive: Bool
    /// Grows with each load of a policy.
    package let sequence: UInt32

    package init(allowed: UInt32, decided: UInt32, domainIsPermissive: Bool, sequence: UInt32) {
        self.allowed = allowed
        self.decided = decided
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

/// Everything that is asked of libselinux and, through it, of the kernel. Tests put recorded answers in its place.
///
/// Contexts come back as the bytes that were returned, without their NUL; whoever calls validates them.
package protocol SELinuxInterface: Sendable {
    /// Whether `/proc/filesystems` lists selinuxfs; true also if that cannot be read, so that doubt never means
    /// "no SELinux".
    func kernelListsSELinux() -> Bool

    /// This process's context. `getcon_raw(3)`.
    func ownContext() throws(Errno) -> [UInt8]

    /// The context of the other end of a socket. `getpeercon_raw(3)`.
    func peerContext(ofSocket socket: CInt) throws(Errno) -> [UInt8]

    /// The context of the object that a descriptor refers to, also for one opened with `O_PATH`. `getfilecon_raw(3)`.
    func fileContext(ofDescriptor descriptor: CInt) throws(Errno) -> [UInt8]

    /// The number of a class in the loaded policy. `string_to_security_class(3)`.
    func classNumber(_ name: String) throws(Errno) -> UInt16

    /// The bit of a permission in the loaded policy. `string_to_av_perm(3)`.
    func permissionBit(_ name: String, ofClass number: UInt16) throws(Errno) -> UInt32

    /// Drops what `classNumber` and `permissionBit` remember of an earlier policy. `selinux_flush_class_cache(3)`.
    func forgetClasses()

    /// Asks the kernel's policy. `security_compute_av_flags_raw(3)`.
    func access(
        of subject: SecurityContext, to object: SecurityContext, classNumber: UInt16
    ) throws(Errno) -> AccessAnswer

    /// The context that a file will have which this process makes in a directory. `security_compute_create_raw(3)`.
    func contextOfNewFile(in directory: SecurityContext) throws(Errno) -> [UInt8]

    /// The context of the files that the calling thread makes from now on; nil for the policy's choice.
    /// `setfscreatecon_raw(3)`.
    func setCreationContext(_ context: SecurityContext?) throws(Errno)

    /// Whether the system enforces its policy, at this moment. `security_getenforce(3)`.
    func isEnforcing() throws(Errno) -> Bool

    /// The status page, read without a system call. `selinux_status_open(3)`.
    func status() throws(Errno) -> SELinuxStatus
}
