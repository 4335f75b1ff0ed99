internal import HookLinux
internal import HookSELinux
internal import HookWire
internal import Synchronization
internal import SystemPackage

/// One client's connection. At any time one thread serves it.
final class Connection: Sendable {
    /// How it came about.
    enum Origin: Sendable {
        /// Accepted from a listening socket: the kernel knows who connected.
        case accepted
        /// One end of a pair that this process was started with: the kernel knows who made the pair, no more.
        case inherited
    }

    let socket: UnixSocket
    let origin: Origin
    /// Who connected, or made the pair.
    let credentials: PeerCredentials
    /// The peer's label, as the kernel reports it for the socket, read once.
    let label: Result<PeerContext, Errno>
    /// What was received and not yet answered. Only the thread that serves the connection takes the lock.
    let received = Mutex(Received())

    struct Received: ~Copyable, Sendable {
        var bytes = FrameBuffer()
        /// Who sent the last of them, if the kernel says: they may be answered by another thread than received them.
        var sender: PeerCredentials?
    }

    /// A reply that the client does not read is given up after this time, and the connection with it.
    private static let sendTimeoutMilliseconds: Int64 = 10_000

    /// - Throws: errnos of the socket options; then the connection cannot be served.
    init(_ socket: consuming UnixSocket, _ origin: Origin, labels: any SELinuxInterface) throws(Errno) {
        // Messages that were sent before this have no sender (unix(7)); whoever makes a pair sets it first.
        try socket.receiveCredentials()
        socket.refuseDescriptors()
        try socket.limitSending(milliseconds: Self.sendTimeoutMilliseconds)
        credentials = try socket.peerCredentials()
        label = PeerContext.result(ofPeerAt: socket, through: labels)
        self.origin = origin
        self.socket = socket
    }

    /// Sends an answer that has no descriptor.
    func send(_ reply: Reply) throws(Errno) {
        let bytes = reply.encoded()
        var sent = 0
        while sent < bytes.count { sent += try socket.send(bytes.span.extracting(sent..<bytes.count)) }
    }

    /// The client sees the end, and the thread that waits for it as well.
    func end() {
        socket.endWriting()
        socket.endReading()
    }
}

extension Connection: AnswerChannel {
    var conduit: CInt { socket.descriptor.number }
    var clientHasGone: Bool { socket.peerHasGone() }
    var delivery: any FileDelivery { ReplyWithFile() }

    func refuse(_ errno: Errno) throws(Errno) { try send(Reply.refused(errno)) }
}

/// A reply in one message with the file.
private struct ReplyWithFile: FileDelivery {
    func deliver(_ file: borrowing OwnedDescriptor, through conduit: CInt) throws(Errno) {
        let bytes = Reply.granted.encoded()
        let sent = try UnixSocket.send(bytes.span, passing: file, through: conduit)
        // The descriptor went with the first byte; the rest of a reply cannot follow later.
        guard sent == bytes.count else { throw .ioError }
    }
}

extension PeerContext {
    /// The label of a socket's peer, or why it cannot be read.
    static func result(
        ofPeerAt socket: borrowing UnixSocket, through labels: any SELinuxInterface
    ) -> Result<PeerContext, Errno> {
        do { return .success(try read(of: socket.descriptor.number, through: labels)) } catch { return .failure(error) }
    }
}
