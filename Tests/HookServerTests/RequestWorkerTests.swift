import HookAudit
import HookLinux
import HookSELinux
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import HookServer

/// A request that outlives its deadline, and the two workers that it then has.
struct RequestWorkerTests {
    /// What the program that asks is answered.
    private final class Answers: NameChannel {
        let refusals = Mutex<[Errno]>([])

        var conduit: CInt { -1 }
        var clientHasGone: Bool { false }
        var delivery: any FileDelivery { NoChannel().delivery }
        func refuse(_ errno: Errno) { refusals.withLock { $0.append(errno) } }
        func answer(_ answer: NameAnswer) throws(Errno) { throw .ioError }
    }

    private final class NoRecords: AuditSink {
        func record(_ record: borrowing AuditRecord, urgency: AuditUrgency) {}
        func flush(now: Int64) {}
        func reopen() {}
        func close() {}
    }

    private let directory: ScratchDirectory
    private let service: Service

    /// With a deadline of a millisecond.
    init() throws {
        directory = try ScratchDirectory()
        try directory.file("policy", "openhook 1\nvm a\npeer any\nselinux off\nallow rw /nowhere/disk\n")
        let labels = FakeSELinux { _ in }
        let mounts = MountTable()
        let loader = PolicyLoader(
            path: SystemPath(text: directory.path("policy")), ownership: .checked, labels: labels, mounts: mounts)
        service = Service(
            PolicyStore(try loader.load(generation: 1, DescriptorDirectory(of: .process))), audit: NoRecords(),
            labels: labels, mounts: mounts, peerCheck: PeerCheck(process: nil), ownIdentity: try UserIdentity.own(),
            openTimeout: 1_000_000, denials: DenialLog(nil))
    }

    /// Has a worker come back when its request has expired.
    private func expire(_ channel: Answers) throws -> ExpiredRequest {
        try service.watchdog.start()
        let expired = Mutex<ExpiredRequest?>(nil)
        let hasExpired = EventCount()
        let worker = try RequestWorker(service) { request in
            expired.withLock { $0 = request }
            hasExpired.advance()
        }
        let subject = RequestSubject(
            PeerCredentials(pid: 1, uid: 0, gid: 0), label: .success(.unlabelled(because: .invalidArgument)))
        let ending = worker.answer(
            NamedRequest(.unlink, name: Array("/nowhere/disk".utf8)), from: subject, to: channel
        ) { () throws(Refusal) in
            while expired.withLock({ $0 == nil }) { hasExpired.wait(while: 0, until: nil) }
            return .done
        }
        guard case .tooLate = ending else { throw SetUpFailure("answered in time") }
        return try #require(expired.withLock { $0 })
    }

    private enum Answering: CaseIterable { case byAnotherWorker, byNobody }

    @Test(arguments: Answering.allCases)
    private func `a server that ends waits for the answer that a late worker leaves to another`(
        _ answering: Answering
    ) throws {
        let channel = Answers()
        let expired = try expire(channel)
        #expect(channel.refusals.withLock { $0 } == [])
        let service = service
        try Thread.start {
            switch answering {
            case .byAnotherWorker: try? RequestWorker(service) { _ in }.answer(expired)
            case .byNobody: expired.refuseUnrecorded()
            }
        }
        // Without a deadline it returns when the request has been answered, or never.
        service.inFlight.waitUntilNone(until: .max)
        #expect(channel.refusals.withLock { $0 } == [.timedOut])
    }
}
