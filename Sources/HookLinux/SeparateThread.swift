internal import CLinux
package import SystemPackage

/// A thread with a descriptor table of its own, reached over a socket.
///
/// A thread that hangs in the kernel keeps its descriptor table alive after the process was killed: in the process's
/// own table, the sockets of all clients would stay open, and none would see the end. Such a thread holds nothing but
/// its socket and what it opens itself.
package enum SeparateThread {
    /// Starts the thread, and waits until it has parted.
    ///
    /// The body gets one end of a pair of packet sockets; when it returns, the thread ends. Nothing that owns a
    /// descriptor of the process's table may be captured in it: its end would close a number in the wrong table.
    /// - Returns: the other end.
    /// - Throws: errnos of `socketpair(2)`, `pthread_create(3)`, `unshare(2)`.
    package static func start(
        _ body: @escaping @Sendable (borrowing UnixSocket) -> Void
    ) throws(Errno) -> UnixSocket {
        let pair = try UnixSocket.pair(.seqpacket)
        let far = pair.second.descriptor.number
        try Thread.start {
            let parted = part(keeping: far)
            tell(far, parted)
            guard parted == nil, let socket = try? UnixSocket(taking: OwnedDescriptor(taking: far)) else { return }
            body(socket)
        }
        var answer = InlineArray<4, UInt8>(repeating: 0)
        var room = answer.mutableSpan
        let received = try pair.first.receive(into: &room)
        let code = answer.span.indices.reduce(CInt(0)) { $0 << 8 | CInt(answer[$1]) }
        guard received.count == 4, code == 0 else { throw Errno(rawValue: code) }
        // `second` is closed here, in this table; the thread goes on with its own copy of the same number.
        return pair.takeFirst()
    }

    private static func part(keeping number: CInt) -> Errno? {
        do { try Thread.separateDescriptors(keeping: [number]) } catch { return error }
        return nil
    }

    private static func tell(_ number: CInt, _ failure: Errno?) {
        let code = UInt32(bitPattern: failure?.rawValue ?? 0).bigEndian
        _ = unsafe withUnsafeBytes(of: code) { unsafe oh_send(number, $0.baseAddress, $0.count, -1, 1) }
    }
}
