internal import CLinux
package import SystemPackage

/// The names in a directory, as the kernel gives them.
package enum DirectoryListing {
    /// Calls `body` with each name but `.` and `..`. `getdents64(2)` on a descriptor of its own.
    ///
    /// - Throws: errnos of the reopening and of `getdents64(2)`.
    package static func forEachName(
        in directory: borrowing OwnedDescriptor, _ body: (borrowing Span<UInt8>) -> Void
    ) throws(Errno) {
        // "." of an O_PATH descriptor is the same directory, open for reading.
        let flags = OpenFlag.readOnly | OpenFlag.directory | OpenFlag.closeOnExec
        let listing = OwnedDescriptor(taking: try check(unsafe oh_openat(directory.number, ".", flags, 0)))
        var records = [UInt8](repeating: 0, count: 32_768)
        while true {
            let number = listing.number
            let count = try check(
                unsafe records.withUnsafeMutableBytes {
                    unsafe oh_directory_records(number, $0.baseAddress, $0.count)
                })
            if count == 0 { return }
            forEachRecord(records.span.extracting(first: Int(count)), body)
        }
    }

    /// Waits until the changes to a directory's names that are under way have been made. `getdents64(2)`
    ///
    /// The kernel makes each one, from the object's link count to the name itself, under the directory's lock, and takes
    /// that to read it (`vfs_rename`, `iterate_dir`).
    ///
    /// - Throws: errnos of `open(2)` and `getdents64(2)`.
    package static func awaitChanges(in directory: SystemPath) throws(Errno) {
        let flags = OpenFlag.readOnly | OpenFlag.directory | OpenFlag.closeOnExec
        let listing = OwnedDescriptor(
            taking: try check(unsafe directory.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) }))
        var records = [UInt8](repeating: 0, count: 512)
        let number = listing.number
        _ = try check(
            unsafe records.withUnsafeMutableBytes { unsafe oh_directory_records(number, $0.baseAddress, $0.count) })
    }

    /// The names in the directory that a path leads to. `open(2)`, `getdents64(2)`.
    package static func names(in path: SystemPath) throws(Errno) -> [[UInt8]] {
        let flags = OpenFlag.pathOnly | OpenFlag.directory | OpenFlag.closeOnExec
        let directory = OwnedDescriptor(
            taking: try check(unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) }))
        var names: [[UInt8]] = []
        try forEachName(in: directory) { entry in
            var name: [UInt8] = []
            for index in entry.indices { name.append(entry[index]) }
            names.append(name)
        }
        return names
    }

    /// A record: u64 inode, i64 offset, u16 length of the record, u8 type, name and NUL (getdents(2)).
    private static func forEachRecord(
        _ records: borrowing Span<UInt8>, _ body: (borrowing Span<UInt8>) -> Void
    ) {
        let nameOffset = 19
        var start = 0
        while start + nameOffset < records.count {
            let length = Int(records[start + 16]) | Int(records[start + 17]) << 8
            guard length > nameOffset, start + length <= records.count else { return }
            var end = start + nameOffset
            while end < start + length, records[end] != 0 { end += 1 }
            let name = records.extracting(start + nameOffset..<end)
            if !isDots(name) { body(name) }
            start += length
        }
    }

    private static func isDots(_ name: borrowing Span<UInt8>) -> Bool {
        let dot = UInt8(ascii: ".")
        return name.count == 1 && name[0] == dot || name.count == 2 && name[0] == dot && name[1] == dot
    }
}
