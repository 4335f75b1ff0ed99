internal import CLinux
package import SystemPackage

/// A thread of another process, by its number, whose memory and descriptors are looked at while it waits for an answer.
///
/// The number means that thread only as long as its notification is valid: whoever reads here asks for that afterwards,
/// and before acting on what was read.
package struct TargetProcess: Sendable, Equatable {
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

    /// Puts bytes into its memory. `process_vm_writev(2)`, which obeys the protection of pages.
    package func write(_ bytes: borrowing Span<UInt8>, at address: UInt64) throws(Errno) {
        _ = try check(
            unsafe bytes.withUnsafeBytes { unsafe oh_target_write(thread, address, $0.baseAddress, $0.count) })
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
}
