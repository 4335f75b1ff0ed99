internal import CLinux
package import SystemPackage

/// A thread of another process, by its number, whose memory and descriptors are looked at while it waits for an answer.
///
/// The number means that thread only as long as its notification is valid: whoever reads here asks for that afterwards,
/// and before acting on what was read.
package struct TargetThread: Sendable, Equatable {
    package let thread: Int32

    package init(thread: Int32) { self.thread = thread }

    /// So many bytes of its memory. `process_vm_readv(2)`.
    ///
    /// - Throws: `EFAULT`; `EPERM` if this process may not look at it (ptrace(2), "access mode checking").
    package func read(_ count: Int, at address: UInt64) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        _ = try check(
            unsafe bytes.withUnsafeMutableBytes { unsafe oh_target_read(thread, address, $0.baseAddress, count) })
        return bytes
    }

    /// A name as system calls take it, up to its NUL.
    ///
    /// - Throws: `ENAMETOOLONG` for one of more than 4095 bytes, `EFAULT`.
    package func readPath(at address: UInt64, into path: inout SystemPath) throws(Errno) {
        guard address != 0 else { throw .badAddress }
        try unsafe path.fill { bytes in
            Int64(unsafe oh_target_read_string(thread, address, bytes.baseAddress, bytes.count))
        }
    }

    /// A descriptor of this process for an open file of that one's. `pidfd_getfd(2)`.
    package func descriptor(_ number: CInt) throws(Errno) -> OwnedDescriptor {
        OwnedDescriptor(taking: try check(oh_target_descriptor(thread, number)))
    }

    /// The name of an entry of its folder in `/proc`: `/proc/N/fd/3`.
    package func entry(_ name: String) -> SystemPath { SystemPath(text: "/proc/\(thread)/\(name)") }

    /// What a link in its folder in `/proc` leads to, as text: `cwd`, `root`, `fd/3`, `ns/mnt`.
    package func link(_ name: String, into path: inout SystemPath) throws(Errno) {
        let entry = entry(name)
        try unsafe path.fill { bytes in
            unsafe entry.withCString {
                unsafe oh_readlinkat(currentDirectory, $0, bytes.baseAddress, bytes.count)
            }
        }
    }

    /// Holds what a name means to a process that has another root directory. `openat2(2)`, `RESOLVE_IN_ROOT`.
    package static func resolve(
        _ path: SystemPath, inRoot root: borrowing OwnedDescriptor
    ) throws(Errno) -> OwnedDescriptor {
        let flags = UInt64(OpenFlag.pathOnly | OpenFlag.closeOnExec)
        let resolve = ResolveFlag.inRoot | ResolveFlag.noMagicLinks
        let directory = root.number
        return OwnedDescriptor(
            taking: try check(unsafe path.withCString { unsafe oh_openat2(directory, $0, flags, 0, resolve) }))
    }

    /// What a link in its folder in `/proc` leads to, not opened. `open(2)`, `O_PATH`.
    package func object(_ name: String) throws(Errno) -> OwnedDescriptor { try TargetSocket.hold(entry(name)) }
}

/// The memory of a process, held: what is written goes there or nowhere, whatever its number has come to mean.
package struct TargetMemory: ~Copyable {
    private let file: OwnedDescriptor

    /// Whoever opens it asks afterwards whether the thread's notification is valid: then it is that thread's memory.
    /// `/proc/pid/mem`.
    ///
    /// - Throws: `EACCES`, `EPERM` if this process may not look at it (ptrace(2), "access mode checking").
    package init(of target: TargetThread) throws(Errno) {
        let flags = OpenFlag.writeOnly | OpenFlag.closeOnExec
        file = OwnedDescriptor(
            taking: try check(
                unsafe target.entry("mem").withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) }))
    }

    /// Most kernels do not look at the protection of private pages here, unlike where the system call itself would write
    /// (`proc_mem.force_override`, Linux 6.12). What is changed then is the process's own copy of such a page, which it
    /// could make writable itself: pages that are shared with anybody are never written without the right to.
    ///
    /// - Throws: `EFAULT` for memory that is not there, and of a process that has ended or become another program.
    package borrowing func write(_ bytes: borrowing Span<UInt8>, at address: UInt64) throws(Errno) {
        let memory = file.number
        _ = try check(
            unsafe bytes.withUnsafeBytes { unsafe oh_target_write(memory, address, $0.baseAddress, $0.count) })
    }
}
