import Foundation
import Glibc
import HookAudit
import HookLinux
import Synchronization
import SystemPackage
import Testing

@Suite struct `An audit file` {
    @Test func `is its owner's alone`() throws {
        let trail = try Trail()
        let attributes = try FileManager.default.attributesOfItem(atPath: trail.file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `is appended to, never truncated`() throws {
        let trail = try Trail()
        try trail.sink.record(record(.started), urgency: .beforeAnswer)
        let second = JSONLinesSink(
            try AuditFile(appendingTo: Array(trail.file.path.utf8)), flagWords: flagWords, clock: { 0 })
        try second.record(record(.stopped), urgency: .beforeAnswer)
        try trail.sink.record(record(.stopped), urgency: .beforeAnswer)
        #expect(try trail.events() == ["started", "stopped", "stopped"])
    }

    @Test func `is no symbolic link, whatever it leads to`() throws {
        let trail = try Trail()
        for (name, target) in [("link", trail.file.path), ("dangling", "/nonexistent/openhook")] {
            let link = trail.directory.appending(path: name)
            try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: target)
            #expect(opening(Array(link.path.utf8)) == Errno(rawValue: ELOOP))
        }
    }

    @Test func `is no FIFO that nobody reads, for its opening would hang`() throws {
        let trail = try Trail()
        let fifo = trail.directory.appending(path: "fifo").path
        let made = unsafe mkfifo(fifo, 0o600)
        try #require(made == 0)
        #expect(opening(Array(fifo.utf8)) == Errno(rawValue: ENXIO))
    }

    @Test func `is not opened by a part of its name`() {
        #expect(opening(Array("/dev/null".utf8) + [0] + Array("x".utf8)) == .invalidArgument)
        #expect(opening(Array("/nonexistent/audit".utf8)) == .noSuchFileOrDirectory)
    }

    private func opening(_ path: [UInt8]) -> Errno? {
        failure { () throws(Errno) in _ = try AuditFile(appendingTo: path) }
    }

    @Test func `is opened again by its name after it was renamed, with what was deferred in the old one`() throws {
        let trail = try Trail()
        try trail.sink.record(record(.opened), urgency: .beforeAnswer)
        try trail.sink.record(record(.handedOver), urgency: .deferrable)
        let rotated = trail.directory.appending(path: "audit.jsonl.1")
        try FileManager.default.moveItem(at: trail.file, to: rotated)
        try trail.sink.reopen()
        try trail.sink.record(record(.stopped), urgency: .beforeAnswer)
        #expect(try trail.events() == ["stopped"])
        let old = String(decoding: try Data(contentsOf: rotated), as: UTF8.self)
        #expect(old.split(separator: "\n").count == 2)
    }

    @Test func `stays in use if it cannot be opened again`() throws {
        let trail = try Trail()
        let kept = trail.directory.appending(path: "kept")
        try FileManager.default.moveItem(at: trail.file, to: kept)
        try FileManager.default.createSymbolicLink(atPath: trail.file.path, withDestinationPath: "/dev/null")
        #expect(failure { () throws(Errno) in try trail.sink.reopen() } == Errno(rawValue: ELOOP))
        try trail.sink.record(record(.policyKept), urgency: .beforeAnswer)
        #expect(String(decoding: try Data(contentsOf: kept), as: UTF8.self).contains("policy-kept"))
    }

    @Test func `that is a full pipe is waited for, also a non-blocking one`() throws {
        var ends: [CInt] = [-1, -1]
        let made = unsafe pipe(&ends)
        try #require(made == 0)
        let (reading, writing) = (ends[0], ends[1])
        let nonBlocking = fcntl(writing, F_SETFL, O_NONBLOCK)
        try #require(nonBlocking == 0)
        let failure = Mutex<(any Error)?>(nil)
        // Not `concurrentPerform`, which does the one behind the other where there is one processor.
        let writer = Foundation.Thread {
            do { try self.fill(writing) } catch { failure.withLock { $0 = error } }
        }
        writer.start()
        #expect(countLines(reading) == 100)
        #expect(failure.withLock { $0.map { "\($0)" } } == nil)
    }

    /// Writes 400 kB, more than a pipe holds, and closes the pipe.
    private func fill(_ writing: CInt) throws(Errno) {
        defer { close(writing) }
        let sink = JSONLinesSink(try AuditFile(stream: writing), flagWords: flagWords, clock: { 0 })
        var long = record(.opened)
        long.name = Array(repeating: UInt8(ascii: "x"), count: 4095)
        for _ in 0..<100 { try sink.record(long, urgency: .beforeAnswer) }
    }

    private func countLines(_ reading: CInt) -> Int {
        let data = FileHandle(fileDescriptor: reading, closeOnDealloc: true).readDataToEndOfFile()
        return data.filter { $0 == 0x0A }.count
    }

    @Test func `has whole lines of many threads`() throws {
        let trail = try Trail()
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<1000 {
                let urgency: AuditUrgency = number % 2 == 0 ? .beforeAnswer : .deferrable
                try? trail.sink.record(record(.opened, name: "\(thread)/\(number)"), urgency: urgency)
            }
        }
        trail.sink.close()
        let names = try trail.lines().map { try object($0)["name"] as? String ?? "?" }
        #expect(names.count == 8000)
        for thread in 0..<8 {
            #expect(names.filter { $0.hasPrefix("\(thread)/") } == (0..<1000).map { "\(thread)/\($0)" })
        }
    }
}
