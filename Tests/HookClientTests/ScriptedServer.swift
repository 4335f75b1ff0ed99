import Glibc
import HookClient
import HookLinux
import SystemPackage
import Testing

/// The server's end of a pair, which says what a test tells it to, whatever was asked.
///
/// What it says can be said before the client asks: no test needs a second thread.
struct ScriptedServer: ~Copyable {
    private let socket: OwnedDescriptor
    private let clientEnd: CInt

    init(_ style: UnixSocket.Style = .stream) throws {
        let type = style == .stream ? SOCK_STREAM : SOCK_SEQPACKET
        var ends: [CInt] = [-1, -1]
        let made = unsafe socketpair(AF_UNIX, CInt(type.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &ends)
        try #require(made == 0)
        socket = OwnedDescriptor(taking: ends[0])
        clientEnd = ends[1]
    }

    /// The client's end, once.
    func connection() throws -> HookConnection { try HookConnection(taking: OwnedDescriptor(taking: clientEnd)) }

    /// Sends bytes with descriptors, in one message.
    func say(_ bytes: [UInt8], passing descriptors: [CInt] = []) throws {
        let headerLength = MemoryLayout<cmsghdr>.size
        let payload = descriptors.count * MemoryLayout<CInt>.size
        var control = [UInt64](repeating: 0, count: (headerLength + payload + 7) / 8)
        var bytes = bytes
        let size = bytes.count
        let sent = unsafe bytes.withUnsafeMutableBytes { data in
            unsafe control.withUnsafeMutableBytes { control in
                var header = cmsghdr()
                header.cmsg_len = headerLength + payload
                header.cmsg_level = SOL_SOCKET
                header.cmsg_type = CInt(SCM_RIGHTS)
                unsafe control.storeBytes(of: header, as: cmsghdr.self)
                for (index, descriptor) in descriptors.enumerated() {
                    unsafe control.storeBytes(
                        of: descriptor, toByteOffset: headerLength + index * 4, as: CInt.self)
                }
                var vector = unsafe iovec(iov_base: data.baseAddress, iov_len: data.count)
                return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = vector
                    unsafe message.msg_iovlen = 1
                    if !descriptors.isEmpty {
                        unsafe message.msg_control = control.baseAddress
                        unsafe message.msg_controllen = control.count
                    }
                    return unsafe sendmsg(socket.number, &message, CInt(MSG_NOSIGNAL))
                }
            }
        }
        try #require(sent == size)
    }

    /// What the client has sent.
    func heard() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 100_000)
        let count = unsafe recv(socket.number, &bytes, bytes.count, CInt(MSG_DONTWAIT))
        return Array(bytes.prefix(max(count, 0)))
    }

    /// Ends its side of the conversation, but still listens.
    func endWriting() { shutdown(socket.number, CInt(SHUT_WR)) }
}

/// A reply as bytes, right or wrong in any field.
func reply(size: UInt32 = 12, command: UInt32 = 1, result: Int32) -> [UInt8] {
    [size, command, UInt32(bitPattern: result)].flatMap { (value: UInt32) in
        (0..<4).map { UInt8(truncatingIfNeeded: value.littleEndian >> UInt32(8 * $0)) }
    }
}

/// The descriptors that these tests could leak: sockets, and further ones of the file that servers hand over. The test
/// process opens others of its own accord, such as timers.
func descriptorsAtRisk() -> [CInt] {
    let handedOver = identity(of: STDIN_FILENO)
    return (0..<256).filter { number in
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFSOCK || identity(of: number) == handedOver
    }
}

/// Device and inode of an open file.
func identity(of descriptor: CInt) -> [UInt] {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return [] }
    return [UInt(status.st_dev), UInt(status.st_ino)]
}
