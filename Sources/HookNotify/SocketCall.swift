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
    private let target: TargetProcess
    /// The name of a UNIX socket in the file system, absolute; nil for any other address.
    private let path: [UInt8]?

    init(_ kind: Kind, _ descriptor: CInt, _ address: [UInt8], _ target: TargetProcess) throws(Errno) {
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

    static func path(of address: [UInt8], _ target: TargetProcess) throws(Errno) -> [UInt8]? {
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

    /// - Parameter stillWaits: whether the thread that asked waits still: the socket is its own only then.
    func make(_ policy: Policy, stillWaits: () -> Bool) throws(Refusal) -> NameAnswer {
        let socket: OwnedDescriptor
        do { socket = try target.descriptor(descriptor) } catch { throw .kernel(error) }
        guard stillWaits() else { throw .kernel(.noSuchProcess) }
        if let path {
            try make(socket, path, OwnSockets(policy))
        } else {
            // An abstract name is in nobody's directory: no statement can be about it.
            if Self.isUnix(address), address.count > Self.pathStart { throw .notOwnSocket }
            do throws(Errno) { try perform(socket, address) } catch { throw .kernel(error) }
        }
        return .done
    }

    private func make(
        _ socket: borrowing OwnedDescriptor, _ path: [UInt8], _ own: OwnSockets
    ) throws(Refusal) {
        guard own.contain(TargetName.cleaned(path)) else { throw .notOwnSocket }
        do throws(Errno) {
            let process = try TargetIdentity(of: target)
            let identity = try process.assume()
            defer { extendLifetime(identity) }
            let place = try kind == .bind ? SocketPlace.missing(path) : SocketPlace.existing(path)
            guard own.contain(place.realName.bytes) else { throw Errno.permissionDenied }
            if kind == .bind { try TargetSocket.setPermissions(of: socket, 0o777 & ~process.umask) }
            try perform(socket, place.address)
        } catch {
            switch error {
            case .permissionDenied: throw .notOwnSocket
            case .notPermitted: throw .foreignUser
            default: throw .kernel(error)
            }
        }
    }

    private func perform(_ socket: borrowing OwnedDescriptor, _ address: [UInt8]) throws(Errno) {
        switch kind {
        case .connect: try TargetSocket.connect(socket, address)
        case .bind: try TargetSocket.bind(socket, address)
        }
    }
}

/// The names of sockets that are the program's own: `own rw`, `own socket`, and the run directory that a launcher of root's
/// makes for it.
struct OwnSockets {
    private let paths: [AbsolutePath]

    init(_ policy: Policy) {
        let stated = policy.own.filter { $0.kind != .readOnly }.flatMap { $0.paths.map(\.path) }
        let runDirectory = AbsolutePath(Array("/run/openhook/".utf8) + policy.vm + Array("/qemu".utf8))
        paths = stated + [runDirectory].compactMap(\.self)
    }

    /// - Parameter name: absolute and clean.
    func contain(_ name: [UInt8]) -> Bool {
        guard let name = AbsolutePath(name) else { return false }
        return paths.contains { name.isBeneathOrEqual($0) }
    }
}
