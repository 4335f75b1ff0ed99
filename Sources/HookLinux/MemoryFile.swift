internal import CLinux
package import SystemPackage

/// A file without a name, for a library that writes to a descriptor. `memfd_create(2)`.
package struct MemoryFile: ~Copyable {
    package let descriptor: OwnedDescriptor

    package init() throws(Errno) {
        let made = unsafe SystemPath("openhook").withCString { unsafe oh_memory_file($0) }
        descriptor = OwnedDescriptor(taking: try check(made))
    }

    /// All that was written. `pread(2)`.
    package borrowing func contents() throws(Errno) -> [UInt8] {
        let number = descriptor.number
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let offset = Int64(bytes.count)
            let count = try check(
                unsafe room.withUnsafeMutableBytes { unsafe oh_read_at(number, $0.baseAddress, $0.count, offset) })
            if count == 0 { return bytes }
            bytes += room[..<Int(count)]
        }
    }
}
