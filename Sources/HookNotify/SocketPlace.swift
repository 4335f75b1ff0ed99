internal import HookLinux
internal import SystemPackage

/// Where a UNIX socket is, or will be: held, so that what was checked is what is used.
struct SocketPlace: ~Copyable {
    /// The kernel's name of it.
    let realName: SystemPath
    /// An address that leads to that very object, whatever happens to its name: through this process's `/proc` entry.
    let address: [UInt8]
    private let held: OwnedDescriptor

    /// The socket that has a name, which is absolute. Symbolic links in it are followed: what counts is where they lead.
    ///
    /// - Throws: errnos of `open(2)`; `ECONNREFUSED` for what is no socket.
    static func existing(_ path: [UInt8]) throws(Errno) -> SocketPlace {
        let held = try TargetSocket.hold(try SystemPath(path))
        guard try FileStatus.of(held).kind == .socket else { throw .connectionRefused }
        return try SocketPlace(held, lastComponent: [])
    }

    /// Where a socket of that name would be.
    static func missing(_ path: [UInt8]) throws(Errno) -> SocketPlace {
        let path = try SystemPath(path)
        let start = path.lastComponentStart
        guard start > 0, start < path.count else { throw .invalidArgument }
        let held = try TargetSocket.hold(try SystemPath(Array(path.bytes[..<start])))
        return try SocketPlace(held, lastComponent: Array(path.bytes[start...]))
    }

    /// Removes what has the name, in the directory that is held. `unlinkat(2)`.
    borrowing func remove() throws(Errno) { try NameChange.unlink(lastComponentOf: realName, in: held) }

    private init(_ held: consuming OwnedDescriptor, lastComponent: [UInt8]) throws(Errno) {
        var real = SystemPath()
        let descriptors = try DescriptorDirectory(of: .process)
        try descriptors.name(of: held, into: &real)
        var name = Array("/proc/self/fd/\(held.number)".utf8)
        if !lastComponent.isEmpty {
            real.appendComponent(lastComponent.span)
            name += [UInt8(ascii: "/")] + lastComponent
        }
        // `struct sockaddr_un` has room for 108 bytes.
        guard name.count < 108 else { throw .fileNameTooLong }
        address = [1, 0] + name + [0]
        realName = real
        self.held = held
    }
}
