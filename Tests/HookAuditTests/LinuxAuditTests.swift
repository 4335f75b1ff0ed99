import Foundation
import HookAudit
import HookLinux
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// The sink of `--audit linux`, before a kernel that keeps what it is sent.
final class SystemTrail {
    let kernel: FakeKernelAudit
    let courier: AuditCourier
    let sink: LinuxAuditSink
    private let clock = TestClock()

    init(longestWait: Int64 = 60_000_000_000, _ change: (inout FakeKernelAudit.State) -> Void = { _ in }) throws {
        kernel = FakeKernelAudit(change)
        courier = AuditCourier(kernel, longestWait: longestWait)
        try courier.start()
        let clock = clock
        sink = LinuxAuditSink(courier, clock: { clock.now })
    }

    deinit {
        kernel.change { $0.isFull = false }
        courier.close()
    }

    /// Milliseconds.
    var now: Int64 {
        get { clock.now / 1_000_000 }
        set { clock.now = newValue * 1_000_000 }
    }

    func flush() { sink.flush(now: clock.now) }

    /// What a record becomes; nil for nothing.
    func text(_ record: AuditRecord) throws -> String? {
        try sink.record(record, urgency: .beforeAnswer)
        return kernel.texts.last
    }
}

@Suite struct `A record in the system's audit log` {
    @Test func `has libvirt's fields in libvirt's order`() throws {
        let trail = try SystemTrail()
        var opened = record(.opened, name: "/srv/images/web01.qcow2")
        opened.uuid = Array("7b0cd1b5-ac42-4e2b-8f0c-0d7e5ac6f1d3".utf8)
        opened.object = opened.name
        opened.access = .readWrite
        opened.kind = .file
        opened.result = .granted
        opened.peer = .init(pid: 4021, uid: 107)
        #expect(
            try trail.text(opened)
                == #"virt=kvm resrc=disk reason=open vm="web01" uuid=7b0cd1b5-ac42-4e2b-8f0c-0d7e5ac6f1d3 "#
                + #"path="/srv/images/web01.qcow2" rdev=? acl=rw spid=4021"#)
        #expect(trail.kernel.sent.map(\.kind) == [.virtualResource(.success)])
    }

    @Test func `names the device of a node`() throws {
        let trail = try SystemTrail()
        var opened = record(.opened, name: "/dev/dm-3")
        opened.kind = .block
        opened.rdev = .init(major: 253, minor: 3)
        #expect(
            try trail.text(opened) == #"virt=kvm resrc=disk reason=open vm="web01" uuid=? path="/dev/dm-3" rdev=FD:03"#)
        opened.kind = .char
        #expect(try trail.text(opened)?.hasPrefix("virt=kvm resrc=chardev reason=open ") == true)
    }

    @Test func `says of a refusal at which stage it was`() throws {
        let trail = try SystemTrail()
        #expect(
            try trail.text(refusal("/srv/images/web02.qcow2"))
                == #"virt=kvm resrc=disk reason=open vm="web01" uuid=? path="/srv/images/web02.qcow2" rdev=? "#
                + "stage=policy spid=7")
        #expect(trail.kernel.sent.map(\.kind) == [.virtualResource(.failure)])
    }

    @Test(arguments: AuditRecord.Operation.allCases)
    func `says of a refusal what was refused`(operation: AuditRecord.Operation) throws {
        let trail = try SystemTrail()
        var refused = refusal("/srv/images/snap.qcow2")
        refused.operation = operation
        refused.flags = nil
        #expect(
            try trail.text(refused)
                == #"virt=kvm resrc=disk reason=\#(operation.rawValue) vm="web01" uuid=? path="/srv/images/snap.qcow2" "#
                + "rdev=? stage=policy spid=7")
    }

    @Test func `is there before a name is removed`() throws {
        let trail = try SystemTrail()
        var changing = record(.changing, name: "/srv/images/snap.qcow2")
        changing.operation = .unlink
        changing.object = changing.name
        changing.result = .granted
        #expect(
            try trail.text(changing)
                == #"virt=kvm resrc=disk reason=unlink vm="web01" uuid=? path="/srv/images/snap.qcow2" rdev=?"#)
        trail.kernel.change { $0.failure = .connectionRefused }
        #expect(
            failure { () throws(Errno) in try trail.sink.record(changing, urgency: .beforeAnswer) }
                == .connectionRefused)
    }

    @Test func `names what a file is to be called, too`() throws {
        let trail = try SystemTrail()
        var changing = record(.changing, name: "/srv/images/a.qcow2")
        changing.operation = .rename
        changing.target = Array("/srv/images/b c.qcow2".utf8)
        #expect(
            try trail.text(changing)
                == #"virt=kvm resrc=disk reason=rename vm="web01" uuid=? path="/srv/images/a.qcow2" rdev=? "#
                + "target=2F7372762F696D616765732F6220632E71636F7732")
        let longest = [UInt8](repeating: UInt8(ascii: " "), count: 4095)
        (changing.name, changing.target, changing.vm) = (longest, longest, longest)
        let text = try #require(try trail.text(changing))
        #expect(text.utf8.count <= AuditMessage.mostBytes)
        #expect(text.contains(" rdev=? target=2020"))
    }

    @Test(arguments: AuditRecord.Event.allCases)
    func `is made of what was opened, changed or refused, and of nothing else`(event: AuditRecord.Event) throws {
        let trail = try SystemTrail()
        let expected: AuditMessage.Kind? =
            switch event {
            case .opened, .wouldDeny, .changing: .virtualResource(.success)
            case .refused, .notHandedOver: .virtualResource(.failure)
            default: nil
            }
        try trail.sink.record(record(event, name: "/a"), urgency: .beforeAnswer)
        #expect(trail.kernel.sent.first?.kind == expected)
    }

    @Test func `folds refusals that repeat, and says how many there were`() throws {
        let trail = try SystemTrail()
        for _ in 0..<5 { try trail.sink.record(refusal("/a"), urgency: .beforeAnswer) }
        #expect(trail.kernel.sent.count == 1)
        trail.now = 1000
        trail.flush()
        trail.sink.close()
        #expect(trail.kernel.texts.last?.hasSuffix(" repeated=4") == true)
        #expect(trail.kernel.sent.count == 2)
    }

    @Test func `is refused after the sink was closed`() throws {
        let trail = try SystemTrail()
        trail.sink.close()
        #expect(
            failure { () throws(Errno) in try trail.sink.record(record(.opened), urgency: .beforeAnswer) }
                == .badFileDescriptor)
    }
}

/// A name that a guest may choose, and the field that comes of it.
struct AuditForgery: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let name: [UInt8]
    let field: String

    init(_ what: String, _ name: [UInt8], _ field: String) {
        testDescription = what
        self.name = name
        self.field = field
    }

    init(_ what: String, _ name: String, _ field: String) { self.init(what, Array(name.utf8), field) }
}

@Suite struct `A name in the system's audit log` {
    static let forgeries: [AuditForgery] = [
        .init("a plain name", "/srv/a.img", #"path="/srv/a.img""#),
        .init("hexadecimal by chance", "ABCD", #"path="ABCD""#),
        .init("a blank", "/a b", "path=2F612062"),
        .init("a field of its own", "/a res=success", "path=2F61207265733D73756363657373"),
        .init("the end of its quotes", #"/a" res="success"#, "path=2F6122207265733D2273756363657373"),
        .init("the end of the message", "/a' x", "path=2F61272078"),
        .init("an apostrophe alone", "/it's", "path=2F69742773"),
        .init("a new line", "/a\ntype=USER_AVC", "path=2F610A747970653D555345525F415643"),
        .init("a NUL, should one ever come here", [0x2F, 0, 0x61], "path=2F0061"),
        .init("a tab, an escape, DEL", "/\t\u{1B}\u{7F}", "path=2F091B7F"),
        .init("bytes that are no UTF-8", [0x2F, 0xFF, 0x80], "path=2FFF80"),
        .init("letters of other languages", "/ä", "path=2FC3A4"),
        .init("equals signs and braces", "/{a}=b", #"path="/{a}=b""#),
    ]

    @Test(arguments: forgeries)
    func `forges no field`(forgery: AuditForgery) throws {
        #expect(AuditMessage.subjectAndPath(pid: nil, path: forgery.name, room: 1000) == Array(forgery.field.utf8))
        let trail = try SystemTrail()
        var opened = record(.opened)
        opened.name = forgery.name
        #expect(
            try trail.text(opened)
                == #"virt=kvm resrc=disk reason=open vm="web01" uuid=? \#(forgery.field) rdev=?"#)
    }

    @Test(arguments: [UInt8(ascii: "a"), UInt8(ascii: " ")])
    func `is cut off before it takes the room of the other fields`(byte: UInt8) throws {
        let trail = try SystemTrail()
        var opened = record(.opened)
        opened.name = [UInt8](repeating: byte, count: 65_536)
        opened.vm = [UInt8](repeating: byte, count: 65_536)
        let text = try #require(try trail.text(opened))
        #expect(text.utf8.count <= AuditMessage.mostBytes)
        #expect(text.hasSuffix(" rdev=?"))
        // Whole bytes alone.
        let path = try #require(text.split(separator: " ").first { $0.hasPrefix("path=") })
        #expect((path.utf8.count - 5) % 2 == 0)
    }

    @Test func `never takes more than the room there is`() {
        for room in 0..<64 {
            let fields = AuditMessage.subjectAndPath(pid: 1, path: Array("/a b".utf8), room: room)
            #expect(fields.count <= max(room, "spid=1".utf8.count))
        }
    }

    @Test func `is no UUID unless it looks like one`() throws {
        let trail = try SystemTrail()
        var opened = record(.opened)
        opened.uuid = Array("1 res=success".utf8)
        #expect(try trail.text(opened) == #"virt=kvm resrc=disk reason=open vm="web01" uuid=? rdev=?"#)
    }
}

@Suite struct `The system's audit log` {
    static let obstacles: [(String, Errno, @Sendable (inout FakeKernelAudit.State) -> Void)] = [
        ("auditing is switched off", .notSupported, { $0.enabled = .success(false) }),
        ("nobody may ask whether it is", .notPermitted, { $0.enabled = .failure(.notPermitted) }),
        ("the kernel refuses", .connectionRefused, { $0.failure = .connectionRefused }),
        ("the process lacks the capability", .notPermitted, { $0.failure = .notPermitted }),
    ]

    @Test(arguments: obstacles.indices)
    func `that does not keep a record is down`(row: Int) throws {
        let (what, errno, change) = Self.obstacles[row]
        let trail = try SystemTrail(change)
        #expect(
            failure { () throws(Errno) in try trail.sink.record(record(.opened), urgency: .beforeAnswer) } == errno,
            "\(what)")
        #expect(trail.kernel.sent.isEmpty)
        trail.kernel.change { state in
            state.enabled = .success(true)
            state.failure = nil
        }
        try trail.sink.record(record(.opened), urgency: .beforeAnswer)
        #expect(trail.kernel.sent.count == 1)
    }

    /// What the kernel is asked to take when its log has no room: a message that nobody waits for, or one that somebody
    /// does.
    enum Stalled: CaseIterable, Sendable { case posted, delivered }

    @Test(arguments: Stalled.allCases)
    func `that is full is not waited for without end, and is used again when it has room`(stalled: Stalled) throws {
        let trail = try SystemTrail(longestWait: 2_000_000_000) { $0.isFull = true }
        func write(_ name: String) -> Errno? {
            failure { () throws(Errno) in try trail.sink.record(record(.opened, name: name), urgency: .beforeAnswer) }
        }
        func post(_ text: String) {
            trail.courier.post(AuditMessage(.virtualResource(.failure), Array(text.utf8)))
        }
        switch stalled {
        case .posted:
            post("stalled")
            trail.kernel.awaitBeginning(of: 1)
        case .delivered: #expect(write("/stalled") == .timedOut)
        }
        for _ in 0..<3 { #expect(write("/given-up") == .timedOut) }
        trail.kernel.change { $0.isFull = false }
        // Once this one is begun, the stalled one has got through.
        post("next")
        trail.kernel.awaitBeginning(of: 2)
        #expect(write("/last") == nil)
        trail.courier.close()
        // What was given up is not sent: its request was refused. Of the one that was sent already the log says too much.
        #expect(trail.kernel.texts.count == 3)
        #expect(trail.kernel.texts.first?.contains("stalled") == true)
        #expect(trail.kernel.texts.dropFirst().first == "next")
        #expect(trail.kernel.texts.last?.contains(#"path="/last""#) == true)
    }

    @Test func `that was full, and is used again by many at once, keeps whatever it takes`() throws {
        let trail = try SystemTrail(longestWait: 2_000_000_000) { $0.isFull = true }
        trail.courier.post(AuditMessage(.virtualResource(.failure), Array("stalled".utf8)))
        trail.kernel.awaitBeginning(of: 1)
        #expect(
            failure { () throws(Errno) in try trail.sink.record(record(.opened), urgency: .beforeAnswer) } == .timedOut)
        trail.kernel.change { $0.isFull = false }
        trail.courier.post(AuditMessage(.virtualResource(.failure), Array("next".utf8)))
        trail.kernel.awaitBeginning(of: 2)
        let threads = 8
        let failures = Atomic<Int>(0)
        let ended = Atomic<Int>(0)
        let ending = EventCount()
        for _ in 0..<threads {
            try Thread.start { [sink = trail.sink] in
                for _ in 0..<200 where (try? sink.record(record(.opened), urgency: .beforeAnswer)) == nil {
                    failures.add(1, ordering: .relaxed)
                }
                ended.add(1, ordering: .releasing)
                ending.advance()
            }
        }
        while true {
            let seen = ending.value
            if ended.load(ordering: .acquiring) == threads { break }
            ending.wait(while: seen, until: nil)
        }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(trail.kernel.sent.count == 2 + threads * 200)
    }

    @Test func `that does not keep a refusal is asked to keep the next one like it`() throws {
        let trail = try SystemTrail { $0.failure = .connectionRefused }
        func write() -> Errno? {
            failure { () throws(Errno) in try trail.sink.record(refusal("/a"), urgency: .beforeAnswer) }
        }
        #expect(write() == .connectionRefused)
        #expect(write() == .connectionRefused)
        trail.kernel.change { $0.failure = nil }
        #expect(write() == nil)
        #expect(trail.kernel.sent.count == 1)
        // From here on they are counted.
        #expect(write() == nil)
        trail.sink.close()
        #expect(trail.kernel.sent.count == 2)
        #expect(trail.kernel.texts.last?.hasSuffix(" repeated=1") == true)
    }

    @Test func `loses what nobody waits for rather than keep it without bound`() throws {
        let trail = try SystemTrail { $0.isFull = true }
        let message = AuditMessage(.userAVC(onBehalfOf: 0), Array("x".utf8))
        trail.courier.post(message)
        trail.kernel.awaitBeginning(of: 1)
        for _ in 0..<AuditCourier.mostWaiting { #expect(trail.courier.post(message)) }
        #expect(!trail.courier.post(message))
    }
}

@Suite struct `A SELinux denial in the system's audit log` {
    private func log(_ texts: [String], clock: TestClock = TestClock(), step: Int64 = 0) throws -> FakeKernelAudit {
        let kernel = FakeKernelAudit()
        let courier = AuditCourier(kernel)
        try courier.start()
        let log = UserAVCLog(courier, clock: { clock.now })
        for text in texts {
            clock.now += step
            log.log(Array(text.utf8), onBehalfOf: 107)
        }
        log.close()
        return kernel
    }

    @Test func `is a USER_AVC message on behalf of who asked`() throws {
        let kernel = try log(["avc:  denied  { read } for  spid=1"])
        #expect(
            kernel.sent == [AuditMessage(.userAVC(onBehalfOf: 107), Array("avc:  denied  { read } for  spid=1".utf8))])
    }

    @Test func `is told once a second if it repeats`() throws {
        #expect(try log(Array(repeating: "a", count: 100)).sent.count == 1)
        #expect(try log(Array(repeating: "a", count: 30), step: 100_000_000).sent.count == 3)
    }

    @Test func `cannot be made to fill the log`() throws {
        let many = (0..<250).map(String.init)
        #expect(try log(many).sent.count == 100)
        // And twenty a second from then on.
        #expect(try log(many, step: 10_000_000).sent.count == 149)
    }
}
