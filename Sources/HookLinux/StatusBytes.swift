internal import CLinux
package import SystemPackage

/// What `stat(2)` and `statx(2)` write, as the kernel lays it out on this architecture: for another process's memory.
package enum StatusBytes {
    /// `struct stat` of an open object. `newfstatat(2)`.
    package static func stat(of object: borrowing OwnedDescriptor) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 256)
        let number = object.number
        let count = try check(
            unsafe bytes.withUnsafeMutableBytes { unsafe oh_stat_bytes(number, $0.baseAddress, $0.count) })
        return Array(bytes[..<Int(count)])
    }

    /// `struct statx` of an open object. `statx(2)`; of the flags those that say how fresh the attributes must be.
    package static func statx(of object: borrowing OwnedDescriptor, flags: UInt32, mask: UInt32) throws(Errno)
        -> [UInt8]
    {
        var bytes = [UInt8](repeating: 0, count: 256)
        let number = object.number
        let count = try check(
            unsafe bytes.withUnsafeMutableBytes { unsafe oh_statx_bytes(number, flags, mask, $0.baseAddress, $0.count) }
        )
        return Array(bytes[..<Int(count)])
    }
}

/// Changes of names in open directories, each one system call.
package enum NameChange {
    /// `unlinkat(2)` of the last component.
    package static func unlink(lastComponentOf name: SystemPath, in parent: borrowing OwnedDescriptor) throws(Errno) {
        let directory = parent.number
        _ = try check(unsafe name.withCString(from: name.lastComponentStart) { unsafe oh_unlink_at(directory, $0) })
    }

    /// `renameat2(2)` of one last component to another.
    package static func rename(
        lastComponentOf name: SystemPath, in parent: borrowing OwnedDescriptor,
        toLastComponentOf other: SystemPath, in otherParent: borrowing OwnedDescriptor, flags: UInt32
    ) throws(Errno) {
        let (from, to) = (parent.number, otherParent.number)
        _ = try check(
            unsafe name.withCString(from: name.lastComponentStart) { old in
                unsafe other.withCString(from: other.lastComponentStart) { new in
                    unsafe oh_rename_at(from, old, to, new, flags)
                }
            })
    }

    /// `renameat2(2)` with RENAME_NOREPLACE.
    ///
    /// - Throws: `EEXIST`.
    package static func renameWithoutReplacing(_ name: SystemPath, to other: SystemPath) throws(Errno) {
        let noReplace: UInt32 = 1
        _ = try check(
            unsafe name.withCString { old in
                unsafe other.withCString { new in
                    unsafe oh_rename_at(currentDirectory, old, currentDirectory, new, noReplace)
                }
            })
    }
}
