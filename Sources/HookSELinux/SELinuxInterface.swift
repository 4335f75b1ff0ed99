package import SystemPackage

/// Everything that is asked of libselinux and, through it, of the kernel. Tests put recorded answers in its place.
///
/// Contexts come back as the bytes that were returned, without their NUL; whoever calls validates them.
package protocol SELinuxInterface: PolicyEngine {
    /// Whether `/proc/filesystems` lists selinuxfs; true also if that cannot be read, so that doubt never means
    /// "no SELinux".
    func kernelListsSELinux() -> Bool

    /// This process's context. `getcon_raw(3)`.
    func ownContext() throws(Errno) -> [UInt8]

    /// The context of the other end of a socket. `getpeercon_raw(3)`.
    func peerContext(ofSocket socket: CInt) throws(Errno) -> [UInt8]

    /// The context of the object that a descriptor refers to, also for one opened with `O_PATH`. `getfilecon_raw(3)`.
    func fileContext(ofDescriptor descriptor: CInt) throws(Errno) -> [UInt8]

    /// The context that a file will have which this process makes in a directory. `security_compute_create_raw(3)`.
    func contextOfNewFile(in directory: SecurityContext) throws(Errno) -> [UInt8]

    /// The context of the files that the calling thread makes from now on; nil for the policy's choice.
    /// `setfscreatecon_raw(3)`.
    func setCreationContext(_ context: SecurityContext?) throws(Errno)

    /// The context of the sockets that the calling thread makes; empty for the policy's choice.
    /// `getsockcreatecon_raw(3)`.
    func socketCreationContext() throws(Errno) -> [UInt8]

    /// The context of the sockets that the calling thread makes from now on; nil for the policy's choice.
    /// `setsockcreatecon_raw(3)`.
    func setSocketCreationContext(_ context: SecurityContext?) throws(Errno)
}
