import Glibc
package import HookLinux

/// A file that a server opened, as a client has it.
package final class GrantedFile {
    private let descriptor: OwnedDescriptor
    private var number: CInt { descriptor.number }

    package init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    /// What came with a message.
    package convenience init?(_ descriptor: consuming OwnedDescriptor?) {
        guard let descriptor else { return nil }
        self.init(descriptor)
    }

    /// Opens a file as a client without a server does, to compare with.
    package convenience init(opening path: String, flags: CInt) throws {
        self.init(OwnedDescriptor(taking: try require("open \(path)") { unsafe Glibc.open(path, flags, 0o600) }))
    }

    package var status: FileStatus { get throws { try FileStatus.of(descriptor, .synchronized) } }

    /// `F_GETFL`: what belongs to the open file description.
    package var statusFlags: CInt { fcntl(number, F_GETFL) }

    /// What is there from the present offset on, 1000 bytes at most; the offset moves.
    package func read(_ count: Int = 1000) -> String {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = unsafe Glibc.read(number, &bytes, count)
        return String(decoding: bytes.prefix(max(0, got)), as: UTF8.self)
    }

    /// - Returns: whether all of it was written.
    package func write(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return unsafe Glibc.write(number, bytes, bytes.count) == bytes.count
    }

    package var offset: Int { lseek(number, 0, SEEK_CUR) }

    /// Takes a lock of the open file description on the first byte, as QEMU locks images (fcntl(2), `F_OFD_SETLK`).
    ///
    /// - Returns: whether no other description has it.
    package func lock() -> Bool {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_len = 1
        let setOFDLock: CInt = 37
        return unsafe fcntl(number, setOFDLock, &lock) == 0
    }
}
