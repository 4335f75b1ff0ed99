internal import CLinux
package import SystemPackage

/// A file that is read in pieces, however long it is.
package struct ReadableFile: ~Copyable, Sendable {
    private let file: OwnedDescriptor
    /// What it was when it was opened.
    package let status: FileStatus

    /// `open(2)`. A FIFO does not make it wait for somebody to write.
    package init(_ path: SystemPath) throws(Errno) {
        let flags = OpenFlag.readOnly | OpenFlag.closeOnExec | OpenFlag.noControllingTerminal | OpenFlag.nonBlocking
        let opened = OwnedDescriptor(
            taking: try check(
                retryingInterrupts { unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) } }))
        status = try FileStatus.of(opened, .synchronized)
        file = opened
    }

    /// The next bytes, as many as there are and fit; none at the end. `read(2)`.
    package borrowing func read(into room: inout [UInt8]) throws(Errno) -> Int { try file.read(into: &room) }

    /// The kernel's name of it, which has no symbolic links in it.
    package borrowing func name() throws(Errno) -> SystemPath {
        var path = SystemPath()
        try DescriptorDirectory(of: .process).name(of: file, into: &path)
        return path
    }
}
