internal import HookAudit
internal import HookLinux
internal import HookWire
internal import SystemPackage

/// Does every step itself, on the calling thread.
struct DirectOpener: Opener, ~Copyable {
    private var authority: OpenAuthority
    /// See `OpenAuthority.roots`. Set for each request by the connection's thread; stays `nil` on a thread apart.
    var roots: RootTable?
    private var inHand: InHand = .nothing

    private enum InHand: ~Copyable {
        case nothing
        case file(OwnedDescriptor)
        case parent(OwnedDescriptor)
    }

    init(_ authority: consuming OpenAuthority) {
        self.authority = authority
    }

    var names: DecidedNames {
        DecidedNames(decided: authority.name, real: authority.realName, rule: authority.decidingRule)
    }
    var realName: SystemPath { authority.realName }

    mutating func decide(_ job: OpenJob) throws(Refusal) -> Decided {
        drop()
        switch try authority.decide(job, holding: roots) {
        case .opened(let file, let facts):
            inHand = .file(file)
            return .opened(facts)
        case .creatable(let parent, let facts):
            inHand = .parent(parent)
            return .creatable(facts)
        }
    }

    mutating func create(_ job: OpenJob, _ facts: ObjectFacts) throws(Refusal) -> FileStatus? {
        guard case .parent(let parent) = takeInHand() else { throw Refusal(.ioError, at: .create, .kernel) }
        guard let made = try authority.create(in: parent, facts, job) else { return nil }
        let status = made.status
        inHand = .file(made.takeDescriptor())
        return status
    }

    mutating func truncate() throws(Refusal) {
        guard case .file(let file) = takeInHand() else { throw Refusal(.ioError, at: .truncate, .kernel) }
        do { try FileCreation.truncate(file) } catch { throw Refusal(error, at: .truncate, .kernel) }
        inHand = .file(file)
    }

    mutating func send(_ reply: Reply, on connection: Connection) throws(Errno) {
        try send(reply, on: connection.socket)
    }

    mutating func send(_ reply: Reply, on socket: borrowing UnixSocket) throws(Errno) {
        guard case .file(let file) = takeInHand() else { throw .ioError }
        // It stays in hand: closing it may take as long as the file system likes, and must not delay the answer.
        let bytes = reply.encoded()
        let sent: Int
        do { sent = try socket.send(bytes.span, passing: file) } catch {
            inHand = .file(file)
            throw error
        }
        inHand = .file(file)
        // The descriptor went with the first byte; the rest of a reply cannot follow later.
        guard sent == bytes.count else { throw .ioError }
    }

    mutating func drop() { inHand = .nothing }

    private mutating func takeInHand() -> InHand {
        var taken = InHand.nothing
        swap(&taken, &inHand)
        return taken
    }
}
