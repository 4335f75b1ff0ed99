internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookServer
internal import SystemPackage

/// `connect` and `bind`, made by the broker on the process's own socket with the address that was checked.
///
/// If the process made the call itself, another of its threads could change the address after the check, or put another
/// socket in the descriptor's place. The socket keeps the process's label; who is at its other end sees the process's user
/// and groups, and the broker's pid.
struct SocketCall {
    enum Kind { case connect, bind }

    /// `struct sockaddr_storage`
    static let longestAddress = 128
    private static let unixFamily: UInt16 = 1
    private static let pathStart = 2

    private let kind: Kind
    private let descriptor: CInt
    private let address: [UInt8]
    private let target: TargetThread
    /// The name of a UNIX socket in the file system, absolute; nil for any other address.
    private let path: [UInt8]?

    init(_ kind: Kind, _ descriptor: CInt, _ address: [UInt8], _ target: TargetThread) throws(Errno) {
        self.kind = kind
        self.descriptor = descriptor
        self.address = address
        self.target = target
        path = try Self.path(of: address, target)
    }

    /// For the audit record.
    var request: NamedRequest {
        NamedRequest(.never(kind == .connect ? .connect : .bind), name: path ?? Array("socket".utf8))
    }

    static func path(of address: [UInt8], _ target: TargetThread) throws(Errno) -> [UInt8]? {
        guard isUnix(address), address.count > pathStart, address[pathStart] != 0 else { return nil }
        let name = Array(address[pathStart...].prefix { $0 != 0 })
        guard name[0] != UInt8(ascii: "/") else { return name }
        var base = SystemPath()
        try target.link("cwd", into: &base)
        return base.bytes + [UInt8(ascii: "/")] + name
    }

    private static func isUnix(_ address: [UInt8]) -> Bool {
        address.count >= 2 && UInt16(address[0]) | UInt16(address[1]) << 8 == unixFamily
    }

    /// - Parameter stillWaits: whether the thread that asked waits still: only then are the socket and the user its own.
    func make(in own: OwnDirectories, stillWaits: () -> Bool) throws(Refusal) -> NameAnswer {
        if let path {
            let name = TargetName.cleaned(path)
            guard own.contain(name) else { throw .notOwnSocket(name) }
        } else if Self.isUnix(address), address.count > Self.pathStart {
            // An abstract name is in nobody's directory: no statement can be about it.
            throw .notOwnSocket(nil)
        }
        let socket: OwnedDescriptor
        do { socket = try target.descriptor(descriptor) } catch { throw .kernel(error) }
        let asking = try TargetIdentity.asking(target, stillWaits)
        let credentials = try asking.assumeOrRefuse()
        // From here to the end of the call: the kernel must see the program's rights alone.
        defer { extendLifetime(credentials) }
        do throws(Errno) { try perform(socket, own, asking.umask) } catch { throw Self.refusal(error) }
        return .done
    }

    /// No errno of `connect(2)` or `bind(2)`: the name leads out of what is the program's own.
    private static let elsewhere = Errno.improperLink

    private static func refusal(_ errno: Errno) -> Refusal {
        switch errno {
        case elsewhere: .notOwnSocket(nil)
        // How far a connection has come that the program does not wait for.
        case .nowInProgress, .alreadyInProcess, .socketIsConnected, .resourceTemporarilyUnavailable:
            .answer(errno)
        default: .kernel(errno)
        }
    }

    private func perform(
        _ socket: borrowing OwnedDescriptor, _ own: OwnDirectories, _ umask: UInt32
    ) throws(Errno) {
        guard let path else { return try perform(socket, address) }
        let place = try kind == .bind ? SocketPlace.missing(path) : SocketPlace.existing(path)
        guard own.contain(place.realName.bytes) else { throw Self.elsewhere }
        if kind == .bind { try TargetSocket.setPermissions(of: socket, 0o777 & ~umask) }
        try perform(socket, place.address)
    }

    private func perform(_ socket: borrowing OwnedDescriptor, _ address: [UInt8]) throws(Errno) {
        switch kind {
        case .connect: try TargetSocket.connect(socket, address)
        case .bind: try TargetSocket.bind(socket, address)
        }
    }
}
