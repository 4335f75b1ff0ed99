import HookAudit
import HookLinux
import SystemPackage
import Testing

@Suite struct `Identical refusals` {
    private func record(_ trail: Trail, _ record: AuditRecord) throws(Errno) {
        try trail.sink.record(record, urgency: .beforeAnswer)
    }

    @Test func `are written once at once, and counted until a different record`() throws {
        let trail = try Trail()
        for _ in 0..<5 { try record(trail, refusal("/a")) }
        #expect(try trail.events() == ["refused"])
        try record(trail, refusal("/b"))
        #expect(try trail.events() == ["refused", "refused+4", "refused"])
        try record(trail, refusal("/a"))
        #expect(try trail.events() == ["refused", "refused+4", "refused", "refused"])
    }

    @Test func `are counted for a second at most`() throws {
        let trail = try Trail()
        for moment in [0, 500, 999] as [Int64] {
            trail.now = moment
            try record(trail, refusal("/a"))
        }
        trail.flush()
        #expect(try trail.events() == ["refused"])
        trail.now = 1000
        trail.flush()
        #expect(try trail.events() == ["refused", "refused+2"])
        trail.now = 1500
        try record(trail, refusal("/a"))
        #expect(try trail.events() == ["refused", "refused+2", "refused"])
    }

    @Test func `are counted for a second also if nobody flushes`() throws {
        let trail = try Trail()
        try record(trail, refusal("/a"))
        try record(trail, refusal("/a"))
        trail.now = 1000
        try record(trail, refusal("/a"))
        #expect(try trail.events() == ["refused", "refused+1", "refused"])
    }

    @Test func `are counted to the end`() throws {
        let trail = try Trail()
        for _ in 0..<3 { try record(trail, refusal("/a")) }
        trail.sink.close()
        #expect(try trail.events() == ["refused", "refused+2"])
    }

    @Test func `have the time and the request of the latest`() throws {
        let trail = try Trail()
        for request in 1...3 as ClosedRange<UInt64> {
            var refusal = refusal("/a")
            refusal.request = request
            refusal.time = Int64(request) * 1_000_000_000
            try record(trail, refusal)
        }
        trail.sink.close()
        let last = try object(trail.lines()[1])
        #expect(last["request"] as? Int == 3)
        #expect(last["time"] as? String == "1970-01-01T00:00:03.000000Z")
        #expect(last["name"] as? String == "/a")
    }

    static let differences: [(String, @Sendable (inout AuditRecord) -> Void)] = [
        ("vm", { $0.vm = [0x78] }), ("event", { $0.event = .connectionRefused }), ("stage", { $0.stage = .label }),
        ("name", { $0.name = nil }), ("flags", { $0.flags = 0 }), ("errno", { $0.errno = .invalidArgument }),
        ("peer", { $0.peer = .init(pid: 8) }), ("operation", { $0.operation = .unlink }),
        ("target", { $0.target = Array("/b".utf8) }), ("reason", { $0.reason = Array("another".utf8) }),
    ]

    @Test(arguments: differences.map(\.0))
    func `are no longer identical if one thing differs`(field: String) throws {
        let change = try #require(Self.differences.first { $0.0 == field }).1
        let trail = try Trail()
        var other = refusal("/a")
        change(&other)
        try record(trail, refusal("/a"))
        try record(trail, other)
        #expect(try trail.lines().count == 2)
    }

    @Test func `are parted by a grant`() throws {
        let trail = try Trail()
        try record(trail, refusal("/a"))
        try record(trail, HookAuditTests.record(.opened))
        try record(trail, refusal("/a"))
        #expect(try trail.events() == ["refused", "opened", "refused"])
    }

    @Test func `are folded, grants never`() throws {
        let trail = try Trail()
        var granted = refusal("/a")
        granted.event = .opened
        granted.result = .granted
        for _ in 0..<3 { try record(trail, granted) }
        #expect(try trail.events() == ["opened", "opened", "opened"])
    }
}
