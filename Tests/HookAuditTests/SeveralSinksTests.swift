import HookAudit
import Synchronization
import SystemPackage
import Testing

/// A sink that keeps the events it is told of, or fails.
private final class Recorder: AuditSink {
    private let state = Mutex<(events: [AuditRecord.Event], failure: Errno?)>(([], nil))

    init(failing failure: Errno? = nil) { fail(failure) }

    var events: [AuditRecord.Event] { state.withLock { $0.events } }
    func fail(_ failure: Errno?) { state.withLock { $0.failure = failure } }

    func record(_ record: borrowing AuditRecord, urgency: AuditUrgency) throws(Errno) {
        let event = record.event
        try state.withLock { state throws(Errno) in
            if let failure = state.failure { throw failure }
            state.events.append(event)
        }
    }

    func flush(now: Int64) {}
    func reopen() throws(Errno) { if let failure = state.withLock({ $0.failure }) { throw failure } }
    func close() {}
}

@Suite struct `Several audit sinks` {
    @Test func `each have every record`() throws {
        let (one, other) = (Recorder(), Recorder())
        try AuditSinks([one, other]).record(record(.opened), urgency: .beforeAnswer)
        #expect(one.events == [.opened])
        #expect(other.events == [.opened])
    }

    @Test func `are down if one of them is, and what then does not happen is recorded nowhere after it`() {
        let (one, other) = (Recorder(failing: .noSpace), Recorder())
        let sinks = AuditSinks([one, other])
        #expect(failure { () throws(Errno) in try sinks.record(record(.opened), urgency: .beforeAnswer) } == .noSpace)
        #expect(other.events.isEmpty)
    }

    @Test func `have a refusal wherever that can be`() {
        let (one, other) = (Recorder(failing: .noSpace), Recorder())
        let sinks = AuditSinks([one, other])
        #expect(failure { () throws(Errno) in try sinks.record(refusal("/a"), urgency: .beforeAnswer) } == .noSpace)
        #expect(other.events == [.refused])
    }

    @Test func `are all opened again, whatever becomes of the first`() {
        let sinks = AuditSinks([Recorder(failing: .notPermitted), Recorder()])
        #expect(failure { () throws(Errno) in try sinks.reopen() } == .notPermitted)
    }
}

@Suite struct `An audit sink that is optional` {
    @Test func `refuses nothing, and says once that records are lost and once that they are not`() {
        let told = Mutex<[String]>([])
        let sink = Recorder(failing: .noSpace)
        let optional = OptionalAuditSink(sink, named: "--audit a") { line in told.withLock { $0.append(line) } }
        for _ in 0..<3 { optional.record(record(.opened), urgency: .beforeAnswer) }
        #expect(
            told.withLock { $0 } == [
                "warning: records are being lost, of --audit a (--audit-optional): ENOSPC (No space left on device)"
            ])
        sink.fail(nil)
        for _ in 0..<3 { optional.record(record(.opened), urgency: .beforeAnswer) }
        #expect(told.withLock { $0 }.last == "records are kept again, of --audit a")
        #expect(told.withLock { $0 }.count == 2)
        #expect(sink.events.count == 3)
    }
}
