internal import CLinux
package import SystemPackage

/// The directory in procfs that has an entry for each descriptor of a descriptor table.
///
/// An `O_PATH` descriptor has no name, no extended attributes and no data of its own; its entry here leads to all of
/// them (proc(5), `/proc/pid/fd`). Opened once and held, so that it goes on working whatever is mounted over `/proc`.
package struct DescriptorDirectory: ~Copyable, Sendable {
    private let directory: OwnedDescriptor

    /// Whose descriptors: of the process, or of the calling thread, if that has a table of its own.
    package enum Table: Sendable { case process, callingThread }

    /// - Throws: `ENOTTY` if what is mounted at `/proc` is not procfs; `EBADF` if it has the descriptors of another
    ///   table; errnos of `open(2)`.
    package init(of table: Table) throws(Errno) {
        let flags = OpenFlag.pathOnly | OpenFlag.directory | OpenFlag.closeOnExec
        let opened =
            switch table {
            case .process: unsafe oh_openat(currentDirectory, "/proc/self/fd", flags, 0)
            case .callingThread: unsafe oh_openat(currentDirectory, "/proc/thread-self/fd", flags, 0)
            }
        let candidate = OwnedDescriptor(taking: try check(opened))
        // PROC_SUPER_MAGIC (statfs(2)): a directory of plain links made by someone else must not decide names.
        guard try check(oh_file_system_magic(candidate.number)) == 0x9fa0 else { throw .inappropriateIOCTLForDevice }
        try Self.checkEntries(of: candidate)
        directory = candidate
    }

    /// An entry must lead to what this thread has under that number, here a socket of which there is no other. Then each
    /// reopening leads to the very object.
    private static func checkEntries(of directory: borrowing OwnedDescriptor) throws(Errno) {
        let probe = try UnixSocket.pair(.seqpacket)
        let entry = try reopen(probe.first.descriptor, flags: OpenFlag.pathOnly, through: directory)
        let (known, found) = (try FileStatus.of(probe.first.descriptor), try FileStatus.of(entry))
        guard known.identity == found.identity else { throw .badFileDescriptor }
    }

    /// The name that the kernel has for an open object now. `readlinkat(2)`.
    ///
    /// An object without a name ends in ` (deleted)`.
    /// - Throws: `ENAMETOOLONG` if the name is longer than a path can be.
    package borrowing func name(
        of descriptor: borrowing OwnedDescriptor, into path: inout SystemPath
    ) throws(Errno) {
        let table = directory.number
        let object = descriptor.number
        try unsafe path.fill { bytes in
            unsafe oh_readlink_descriptor(table, object, bytes.baseAddress, bytes.count)
        }
    }

    /// Opens the very object that an `O_PATH` descriptor stands for. `openat(2)` through the entry.
    ///
    /// `O_CREAT`, `O_NOFOLLOW` and `O_TRUNC` must not be among the flags: they fail here, or act too early.
    package borrowing func reopen(
        _ descriptor: borrowing OwnedDescriptor, flags: CInt
    ) throws(Errno) -> OwnedDescriptor {
        let forbidden = OpenFlag.create | OpenFlag.noFollow | OpenFlag.truncate
        precondition(flags & forbidden == 0, "a flag that must not reach the reopening")
        return try Self.reopen(descriptor, flags: flags, through: directory)
    }

    private static func reopen(
        _ descriptor: borrowing OwnedDescriptor, flags: CInt, through directory: borrowing OwnedDescriptor
    ) throws(Errno) -> OwnedDescriptor {
        // No retry after EINTR: a signal that ends a wait for a lease must be able to end this call, too.
        let opened = oh_reopen_descriptor(
            directory.number, descriptor.number,
            flags | OpenFlag.closeOnExec | OpenFlag.noControllingTerminal)
        return OwnedDescriptor(taking: try check(opened))
    }

    /// The number of the directory, for a thread that closes everything else.
    package borrowing func number() -> CInt { directory.number }
}
