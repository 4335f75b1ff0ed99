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
        let refused = try audit.drain(until: server).filter { $0.event == "refused" }
        #expect(refused.map(\.stage) == ["send"])
        #expect(refused.map(\.reason) == ["the client has gone"])
        #expect(try TreeSnapshot(of: scene.top.path) == before)
    }

    @Test(arguments: Deed.allCases)
    func `nothing is destroyed or made once the deadline is over`(deed: Deed) throws {
        let scene = try Scene()
        let audit = try AuditPipe()
        let server = try scene.serve(Self.rules) {
            $0.audit = audit.path
            $0.arguments = ["--open-timeout", "1"]
        }
        let before = try TreeSnapshot(of: scene.top.path)
        try audit.fill()
        // It stays: that the client has gone must not be why nothing happens.
        let connection = try server.connect()
        #expect(try connection.open(scene.name(deed.name), deed.flags).errno == .timedOut)
        // Now the record can be written that the deed would have come after. The thread that waited for that ends; the
        // one that has taken the connection over waits for a request.
        let records = try audit.drain {
            let waits = TestServer.connectionWaits(server.pid)
            return waits.count == 1 && !waits[0].contains("poll")
        }
        #expect(try TreeSnapshot(of: scene.top.path) == before)
        #expect(!records.contains { $0.event == "handed-over" })
        #expect(try server.stop() == .exited(0))
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
        // Whatever the broker did before it noticed: it removed nothing, cut at most what it was asked to, and what it made
        // is empty.
        let disk = try scene.top.text("images/disk")
        #expect(disk == "image" || deed == .truncating && disk.isEmpty)
        if scene.top.exists("images/new") { #expect(try deed != .truncating && scene.top.text("images/new").isEmpty) }
        #expect(try scene.top.text("outside/secret") == "secret")
        #expect(try server.connect().open(scene.name("disk"), OpenFlag.readOnly).file != nil)
    }
}
