import Foundation
import HookAudit
import HookLinux
import Synchronization
import SystemPackage

/// A sink that writes to a file of its own, with a clock that the test sets.
final class Trail: Sendable {
    let directory: URL
    let file: URL
    let sink: JSONLinesSink
    private let clock: TestClock

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "openhook-audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        file = directory.appending(path: "audit.jsonl")
        let clock = TestClock()
        self.clock = clock
        sink = JSONLinesSink(
            try AuditFile(appendingTo: Array(file.path.utf8)), flagWords: flagWords, clock: { clock.now })
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Milliseconds.
    var now: Int64 {
        get { clock.now / 1_000_000 }
        set { clock.now = newValue * 1_000_000 }
    }

    func flush() { sink.flush(now: clock.now) }

    func text() throws -> String { String(decoding: try Data(contentsOf: file), as: UTF8.self) }

    func lines() throws -> [String] { try text().split(separator: "\n").map(String.init) }

    /// The `event` of each line, and `+n` for the count of a repetition.
    func events() throws -> [String] {
        try lines().map { line in
            let record = try object(line)
            let repeated = (record["repeated"] as? Int).map { "+\($0)" } ?? ""
            return (record["event"] as? String ?? "?") + repeated
        }
    }
}

final class TestClock: Sendable {
    private let nanoseconds = Atomic<Int64>(0)

    var now: Int64 {
        get { nanoseconds.load(ordering: .relaxed) }
        set { nanoseconds.store(newValue, ordering: .relaxed) }
    }
}

/// A formatter as the wire protocol has one, with two names.
let flagWords: FlagWords = { flags, body in
    body(flags & 3 == 0 ? "O_RDONLY" : "O_RDWR")
    if flags & 0o40000 != 0 { body("O_DIRECT") }
    let rest = flags & ~0o40003
    if rest != 0 { body("0x" + String(rest, radix: 16)) }
}

/// The object of a line, read by another implementation of JSON.
func object(_ line: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
}

/// A record with the fields that every record has.
func record(_ event: AuditRecord.Event, name: String? = nil) -> AuditRecord {
    var record = AuditRecord(event, time: 1_782_909_296_789_012_345, vm: Array("web01".utf8), generation: 3)
    record.name = name.map { Array($0.utf8) }
    return record
}

/// A refusal for want of a rule.
func refusal(_ name: String) -> AuditRecord {
    var refusal = record(.refused, name: name)
    refusal.result = .refused
    refusal.stage = .policy
    refusal.errno = .permissionDenied
    refusal.flags = 0o40002
    refusal.peer = .init(pid: 7)
    return refusal
}

/// What `body` throws; nil if it does not.
func failure<Failure: Error>(_ body: () throws(Failure) -> Void) -> Failure? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}
