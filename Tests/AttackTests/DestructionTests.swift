import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// What a request would destroy or make, were it granted.
enum Deed: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case truncating = "O_TRUNC"
    case creating = "O_CREAT"
    case creatingAndTruncating = "O_CREAT|O_TRUNC"

    var testDescription: String { rawValue }

    var name: String { self == .truncating ? "disk" : "new" }

    var flags: CInt {
        switch self {
        case .truncating: OpenFlag.readWrite | OpenFlag.truncate
        case .creating: OpenFlag.readWrite | OpenFlag.create
        case .creatingAndTruncating: OpenFlag.readWrite | OpenFlag.create | OpenFlag.truncate
        }
    }
}

/// The audit trail as a FIFO that this test reads, or does not.
private final class AuditPipe {
    private let scratch: ScratchDirectory
    private var reader: OwnedDescriptor?
    private var text = ""

    var path: String { scratch.path("audit") }

    init() throws {
        scratch = try ScratchDirectory()
        try scratch.fifo("audit")
        let path = scratch.path("audit")
        reader = OwnedDescriptor(
            taking: try require("open FIFO") { unsafe Glibc.open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC) })
    }

    /// From now on nobody reads: a write is EPIPE. Children of other tests may have a copy until their exec.
    func close() throws {
        reader = nil
        let path = path
        let isAlone = poll {
            let writer = unsafe Glibc.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            if writer >= 0 { Glibc.close(writer) }
            return writer < 0 ? true : nil
        }
        guard isAlone == true else { throw SetUpFailure("somebody reads the pipe") }
    }

    /// Fills it to the last byte, so that the server waits with its next record.
    func fill() throws {
        let number = try number()
        let block = [UInt8](repeating: UInt8(ascii: "\n"), count: 4096)
        while unsafe write(number, block, block.count) > 0 {}
        while unsafe write(number, block, 1) > 0 {}
    }

    /// Reads until no connection is served any more.
    ///
    /// - Returns: the records.
    func drain(until server: TestServer) throws -> [AuditLine] {
        let number = try number()
        let isOver = poll {
            let isIdle = TestServer.connectionWaits(server.pid).isEmpty
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe read(number, &bytes, bytes.count)
            if count > 0 { text += String(decoding: bytes.prefix(count), as: UTF8.self) }
            return isIdle && count <= 0 ? true : nil
        }
        guard isOver == true else { throw SetUpFailure("the connection does not end: \(text)") }
        return try AuditLine.lines(of: text)
    }

    private func number() throws -> CInt {
        guard let number = reader?.number else { throw SetUpFailure("the pipe is closed") }
        return number
    }
}

struct DestructionTests {
    private static let rules = "allow rw disk\nallow rw new create"

    @Test(arguments: Deed.allCases)
    func `nothing is destroyed or made when the audit trail has nobody who reads it`(deed: Deed) throws {
        let scene = try Scene()
        let audit = try AuditPipe()
        let server = try scene.serve(Self.rules) { $0.audit = audit.path }
        let before = try TreeSnapshot(of: scene.top.path)
        try audit.close()
        #expect(try server.connect().open(scene.name(deed.name), deed.flags).errno == .ioError)
        #expect(try TreeSnapshot(of: scene.top.path) == before)
    }

    @Test(.enabled(if: Privilege.makesDevices, "needs root, to make device nodes"), arguments: Deed.allCases)
    func `nothing is destroyed or made when the audit trail's disk is full`(deed: Deed) throws {
        let scene = try Scene()
        let server = try scene.serve(Self.rules)
        let before = try TreeSnapshot(of: scene.top.path)
        let connection = try server.connect()
        #expect(try connection.open(scene.name("disk"), OpenFlag.readOnly).file != nil)
        // Rotation, and then /dev/full where the file was.
        try server.directory.rename("audit", to: "old")
        try server.directory.device("audit", .characterDevice, major: 1, minor: 7)
        try server.process.send(signal: .hangUp)
        let refused = try poll { try connection.open(scene.name("disk"), OpenFlag.readOnly).errno }
        #expect(refused == .ioError)
        #expect(try connection.open(scene.name(deed.name), deed.flags).errno == .ioError)
        #expect(try TreeSnapshot(of: scene.top.path) == before)
        // A refusal stays what it is.
        #expect(try connection.open(scene.top.path("outside/secret"), deed.flags).errno == .permissionDenied)
        try server.directory.remove("audit")
        try server.process.send(signal: .hangUp)
        let granted = try poll { try connection.open(scene.name("disk"), OpenFlag.readOnly).file }
        #expect(granted != nil)
    }

    @Test(arguments: Deed.allCases)
    func `nothing is destroyed or made for a client that goes while the audit trail is full`(deed: Deed) throws {
        let scene = try Scene()
        let audit = try AuditPipe()
        let server = try scene.serve(Self.rules) { $0.audit = audit.path }
        let before = try TreeSnapshot(of: scene.top.path)
        try audit.fill()
        do {
            let connection = try server.connect()
            try connection.send(RawConnection.request(Array(scene.name(deed.name).utf8), deed.flags))
            #expect(poll { TestServer.isWaitingForAudit(server.pid) ? true : nil } == true)
        }
        for record in try audit.drain(until: server).filter({ $0.event == "refused" }) {
            #expect(record.stage == "send")
            #expect(record.reason == "the client has gone")
        }
        #expect(try TreeSnapshot(of: scene.top.path) == before)
    }

    @Test(arguments: Deed.allCases)
    func `a client that sends a request and goes at once gets nothing, and nothing leaks`(deed: Deed) throws {
        let scene = try Scene()
        let server = try scene.serve(Self.rules)
        let count = try server.descriptorCount()
        for _ in 0..<20 {
            _ = try server.runClient("begin", "9999", "\(deed.flags)", "0644", scene.name(deed.name), "die")
        }
        #expect(try server.descriptorCount(awaiting: count) == count)
        // Whatever the broker did before it noticed: it removed nothing, and what it made is empty.
        #expect(scene.top.exists("images/disk"))
        #expect(try server.connect().open(scene.name("disk"), OpenFlag.readOnly).file != nil)
    }
}
