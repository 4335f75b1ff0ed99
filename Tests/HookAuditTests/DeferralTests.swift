import HookAudit
import HookLinux
import SystemPackage
import Testing

@Suite struct `A deferrable record` {
    @Test func `goes out with the next record, before it`() throws {
        let trail = try Trail()
        try trail.sink.record(record(.opened), urgency: .beforeAnswer)
        try trail.sink.record(record(.handedOver), urgency: .deferrable)
        #expect(try trail.events() == ["opened"])
        try trail.sink.record(record(.creating), urgency: .beforeAnswer)
        #expect(try trail.events() == ["opened", "handed-over", "creating"])
    }

    @Test func `goes out when the sink is flushed, once`() throws {
        let trail = try Trail()
        try trail.sink.record(record(.handedOver), urgency: .deferrable)
        try trail.sink.record(record(.handedOver), urgency: .deferrable)
        #expect(try trail.events() == [])
        trail.flush()
        #expect(try trail.events() == ["handed-over", "handed-over"])
        trail.flush()
        #expect(try trail.events() == ["handed-over", "handed-over"])
    }

    @Test func `goes out at the end, after which nothing is recorded`() throws {
        let trail = try Trail()
        try trail.sink.record(record(.handedOver), urgency: .deferrable)
        trail.sink.close()
        trail.sink.close()
        #expect(try trail.events() == ["handed-over"])
        for urgency in [AuditUrgency.beforeAnswer, .deferrable] {
            let thrown = failure { () throws(Errno) in try trail.sink.record(record(.opened), urgency: urgency) }
            #expect(thrown == .badFileDescriptor)
        }
        #expect(failure { () throws(Errno) in try trail.sink.reopen() } == .badFileDescriptor)
        #expect(try trail.events() == ["handed-over"])
    }
}
