internal import CSELinux
internal import HookLinux
internal import Synchronization
package import SystemPackage

/// libselinux and the kernel of this machine.
///
/// libselinux keeps its caches and the status page in variables of the process, and documents none of the calls below
/// as safe among threads (the status page as unsafe). So they share one lock, whatever value they are called through.
/// `peerContext` and `fileContext` stay outside: each is one system call on a buffer of its own, and the second may
/// wait for a file server, on which no other request must wait. So do the labels for files and sockets that are made:
/// they belong to the calling thread, in the kernel and in libselinux.
package struct LibSELinux: SELinuxInterface {
    /// Guards libselinux's state; the value tells whether its status page is open.
    private static let statusPageIsOpen = Mutex(false)

    package init() {}

    package func kernelListsSELinux() -> Bool {
        Self.statusPageIsOpen.withLock { _ in selinuxfs_exists() != 0 }
    }

    package func ownContext() throws(Errno) -> [UInt8] {
        try Self.statusPageIsOpen.withLock { _ throws(Errno) in try unsafe context { unsafe getcon_raw($0) } }
    }

    package func peerContext(ofSocket socket: CInt) throws(Errno) -> [UInt8] {
        try unsafe context { unsafe getpeercon_raw(socket, $0) }
    }

    package func fileContext(ofDescriptor descriptor: CInt) throws(Errno) -> [UInt8] {
        // An O_PATH descriptor has no extended attributes of its own (fgetfilecon: EBADF); its entry in /proc has.
        // thread-self, because a helper thread has a descriptor table of its own.
        try unsafe context { unsafe getfilecon_raw("/proc/thread-self/fd/\(descriptor)", $0) }
    }

    package func classNumber(_ name: String) throws(Errno) -> UInt16 {
        try Self.statusPageIsOpen.withLock { _ throws(Errno) in
            UInt16(truncatingIfNeeded: try result { zeroFails(Int32(unsafe string_to_security_class(name))) })
        }
    }

    package func permissionBit(_ name: String, ofClass number: UInt16) throws(Errno) -> UInt32 {
        try Self.statusPageIsOpen.withLock { _ throws(Errno) in
            UInt32(truncatingIfNeeded: try result { zeroFails(Int64(unsafe string_to_av_perm(number, name))) })
        }
    }

    package func forgetClasses() {
        Self.statusPageIsOpen.withLock { _ in selinux_flush_class_cache() }
    }

    package func access(
        of subject: SecurityContext, to object: SecurityContext, classNumber: UInt16
    ) throws(Errno) -> AccessAnswer {
        try Self.statusPageIsOpen.withLock { _ throws(Errno) in
            var decision = av_decision()
            let subject = subject.description
            let object = object.description
            _ = try result {
                unsafe security_compute_av_flags_raw(subject, object, classNumber, .max, &decision)
            }
            return AccessAnswer(
                allowed: decision.allowed, decided: decision.decided, auditDeny: decision.auditdeny,
                domainIsPermissive: decision.flags & UInt32(SELINUX_AVD_FLAGS_PERMISSIVE) != 0,
                sequence: decision.seqno)
        }
    }

    package func contextOfNewFile(in directory: SecurityContext) throws(Errno) -> [UInt8] {
        try Self.statusPageIsOpen.withLock { _ throws(Errno) in
            // Whatever policy is loaded now: its own number of the class, not a remembered one's.
            selinux_flush_class_cache()
            let number = UInt16(
                truncatingIfNeeded: try result { zeroFails(Int32(unsafe string_to_security_class("file"))) })
            let own = String(decoding: try unsafe context { unsafe getcon_raw($0) }, as: UTF8.self)
            let directory = directory.description
            return try unsafe context { unsafe security_compute_create_raw(own, directory, number, $0) }
        }
    }

    package func setCreationContext(_ context: SecurityContext?) throws(Errno) {
        let text = context?.description
        _ = try result { unsafe setfscreatecon_raw(text) }
    }

    package func socketCreationContext() throws(Errno) -> [UInt8] {
        try unsafe context { unsafe getsockcreatecon_raw($0) }
    }

    package func setSocketCreationContext(_ context: SecurityContext?) throws(Errno) {
        let text = context?.description
        _ = try result { unsafe setsockcreatecon_raw(text) }
    }

    /// The context of the program that the calling thread executes next. `setexeccon_raw(3)`.
    package func setExecutionContext(_ context: SecurityContext) throws(Errno) {
        let text = context.description
        _ = try result { unsafe setexeccon_raw(text) }
    }

    package func isEnforcing() throws(Errno) -> Bool {
        try Self.statusPageIsOpen.withLock { _ throws(Errno) in try result { security_getenforce() } != 0 }
    }

    package func status() throws(Errno) -> SELinuxStatus {
        try Self.statusPageIsOpen.withLock { isOpen throws(Errno) in
            if !isOpen {
                // 0: no fallback to a netlink socket, which would have to be polled.
                _ = try result { selinux_status_open(0) }
                isOpen = true
            }
            let loads = try result { selinux_status_policyload() }
            let enforcing = try result { selinux_status_getenforce() }
            return SELinuxStatus(policyLoads: UInt32(bitPattern: loads), isEnforcing: enforcing != 0)
        }
    }
}

/// The result of a call that returns -1 on failure. libselinux has failures that set no errno: they are `EIO`.
private func result<Value: FixedWidthInteger & SignedInteger>(_ call: () -> Value) throws(Errno) -> Value {
    switch capturingErrno(call) {
    case .success(let value): return value
    case .failure(let error): throw error.rawValue == 0 ? .ioError : error
    }
}

/// Makes 0, which means "unknown" among class numbers and permission bits, the failure that `result` expects.
private func zeroFails<Value: SignedInteger>(_ value: Value) -> Value { value == 0 ? -1 : value }

/// Takes over a context that libselinux allocates, and gives its bytes.
private func context(_ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt) throws(Errno) -> [UInt8] {
    var found: UnsafeMutablePointer<CChar>?
    _ = try result { unsafe call(&found) }
    guard let found = unsafe found else { return [] }
    defer { unsafe freecon(found) }
    var bytes: [UInt8] = []
    var next = unsafe found
    while unsafe next.pointee != 0 {
        bytes.append(UInt8(bitPattern: unsafe next.pointee))
        unsafe next += 1
    }
    return bytes
}
