internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookWire
internal import SystemPackage

/// What the launcher hands over once it knows the terms: the process that will be QEMU, and what it will be reached by.
extension LaunchConversation {
    /// The process that the launcher is, and QEMU will be.
    struct Introduction: ~Copyable {
        let process: OwnedDescriptor
        let sender: PeerCredentials?
        /// Where this broker notes that it serves; nil: nowhere.
        let brokerPid: SystemPath?
    }

    func introduction() throws(LaunchChannel.Failure) -> Introduction {
        var received = try channel.receive(until: deadline)
        guard case .process(let name) = received.message, let process = received.descriptor.take() else {
            throw .malformed
        }
        guard !name.isEmpty else { return Introduction(process: process, sender: received.sender, brokerPid: nil) }
        // This process's rights are not for a launcher that only may connect: it must not say where to write.
        guard origin == .inherited, let brokerPid = try? SystemPath(name) else { throw .malformed }
        return Introduction(process: process, sender: received.sender, brokerPid: brokerPid)
    }

    func takeOver(_ peer: consuming Introduction) throws(LaunchChannel.Failure) {
        var received = try channel.receive(until: deadline)
        let sender = received.sender ?? peer.sender
        guard let descriptor = received.descriptor.take() else { throw .malformed }
        let brokerPid = peer.brokerPid
        let around: [UInt8]
        switch received.message {
        case .notifications(let coverage, let places, let wall):
            guard let frontEnd = service.notifications else {
                return try refuse(.environment, "this server does not answer notifications", sender)
            }
            let own = places.filter { origin == .inherited || Self.isPrivate($0, sender) }
            let journal: OwnedDescriptor
            do { journal = try frontEnd.makeJournal(places: own) } catch {
                return try refuse(.environment, "notifications cannot be served: \(error.described)", sender)
            }
            let program = NotifiedProgram(
                listener: descriptor, process: peer.process, coverage: coverage, journal: journal)
            try serve(program, frontEnd, sender)
            around = wall
        case .connection(let wall):
            try serve(descriptor, sender)
            around = wall
        case .hello, .terms, .process, .ready, .refused: throw .malformed
        }
        // Not before it serves: the file may be that of a broker which goes on, when this one fails to begin.
        if let brokerPid { sessions.note(brokerPid) }
        try welcome(sender, around)
    }

    private func serve(
        _ program: consuming NotifiedProgram, _ frontEnd: any NotificationFrontEnd, _ sender: PeerCredentials?
    ) throws(LaunchChannel.Failure) {
        do { try sessions.serve(KeptProgram(program), frontEnd, service) } catch {
            return try refuse(.environment, "notifications cannot be served: \(error.described)", sender)
        }
    }

    /// Whether a directory is the launcher's alone, as it says: nobody else can put a socket there.
    private static func isPrivate(_ place: [UInt8], _ launcher: PeerCredentials?) -> Bool {
        guard let launcher, let path = try? SystemPath(place), let status = try? FileStatus.named(path) else {
            return false
        }
        return status.kind == .directory && status.owner == launcher.uid && status.permissions & 0o077 == 0
    }

    private func serve(
        _ descriptor: consuming OwnedDescriptor, _ sender: PeerCredentials?
    ) throws(LaunchChannel.Failure) {
        do throws(Service.NotServed) {
            let sessions = sessions
            try service.serve(try connection(descriptor)) { sessions.changed() }
        } catch {
            return try refuse(.environment, "the socket cannot be served: \(error)", sender)
        }
    }

    private func connection(_ descriptor: consuming OwnedDescriptor) throws(Service.NotServed) -> Connection {
        do {
            return try Connection(try UnixSocket(taking: descriptor), .inherited, labels: service.labels)
        } catch {
            throw .system(error)
        }
    }

    private func welcome(_ sender: PeerCredentials?, _ wall: [UInt8]) throws(LaunchChannel.Failure) {
        let warnings = boundaryWarnings(sender).map { ". not a boundary: \($0)" }.joined()
        report(.attached, String(decoding: wall, as: UTF8.self) + warnings, sender, .granted)
        try channel.send(.ready, until: deadline)
    }

    /// Why QEMU could do by itself what the broker refuses.
    private func boundaryWarnings(_ sender: PeerCredentials?) -> [String] {
        guard let sender else { return [] }
        if sender.uid == 0 { return ["QEMU runs as root"] }
        return sender.uid == service.ownIdentity.uid ? ["QEMU runs as the broker's own user"] : []
    }
}
