import Foundation
import Glibc
import HookAudit
import HookLinux
import SystemPackage
import Testing

@Suite struct `A sink that is down` {
    private func full() throws -> JSONLinesSink {
        JSONLinesSink(try AuditFile(appendingTo: Array("/dev/full".utf8)), flagWords: flagWords, clock: { 0 })
    }

    @Test func `is an error of the record that the answer waits for`() throws {
        let sink = try full()
        for _ in 0..<3 {
            let thrown = failure { () throws(Errno) in try sink.record(record(.opened), urgency: .beforeAnswer) }
            #expect(thrown == .noSpace)
        }
    }

    @Test func `is an error of the next record if it fails while flushing`() throws {
        let sink = try full()
        try sink.record(record(.handedOver), urgency: .deferrable)
        sink.flush(now: 100_000_000)
        let deferred = failure { () throws(Errno) in try sink.record(record(.handedOver), urgency: .deferrable) }
        #expect(deferred == .noSpace)
        let urgent = failure { () throws(Errno) in try sink.record(record(.opened), urgency: .beforeAnswer) }
        #expect(urgent == .noSpace)
    }

    @Test func `keeps only so many deferred records`() throws {
        let sink = try full()
        for _ in 0..<10_000 { try? sink.record(record(.handedOver), urgency: .deferrable) }
        let thrown = failure { () throws(Errno) in try sink.record(record(.handedOver), urgency: .deferrable) }
        #expect(thrown == .noSpace)
    }

    @Test func `does not fold a refusal that was never written`() throws {
        let sink = try full()
        for _ in 0..<2 {
            let thrown = failure { () throws(Errno) in try sink.record(refusal("/a"), urgency: .beforeAnswer) }
            #expect(thrown == .noSpace)
        }
    }

    @Test func `is EPIPE where the signal is ignored, when the reader of a pipe is gone`() async {
        await #expect(processExitsWith: .exitCode(EPIPE)) {
            _ = signal(SIGPIPE, SIG_IGN)
            let sink = try pipeWithoutReader()
            guard let errno = failure({ () throws(Errno) in try sink.record(record(.opened), urgency: .beforeAnswer) })
            else { exit(0) }
            exit(errno.rawValue)
        }
    }

    @Test func `ends a process that does not ignore the signal`() async {
        await #expect(processExitsWith: .signal(SIGPIPE)) {
            _ = signal(SIGPIPE, SIG_DFL)
            try pipeWithoutReader().record(record(.opened), urgency: .beforeAnswer)
        }
    }

    /// A limit on the file's size gives what a disk gives when it fills up: a short write, then an error.
    @Test func `leaves a part of a line, which spoils no other line, and loses nothing that was deferred`() async {
        await #expect(processExitsWith: .success) {
            _ = signal(SIGXFSZ, SIG_IGN)
            let trail = try Trail()
            try trail.sink.record(record(.started), urgency: .beforeAnswer)
            let size = try trail.text().utf8.count
            try limitFileSize(rlim_t(size + 10))

            try trail.sink.record(record(.handedOver, name: "/deferred"), urgency: .deferrable)
            for _ in 0..<2 {
                let thrown = failure { () throws(Errno) in
                    try trail.sink.record(record(.opened, name: "/lost"), urgency: .beforeAnswer)
                }
                #expect(thrown == Errno(rawValue: EFBIG))
            }
            #expect(try trail.text().utf8.count == size + 10)

            try limitFileSize(nil)
            try trail.sink.record(record(.stopped), urgency: .beforeAnswer)
            let lines = try trail.lines()
            #expect(lines.count == 4)
            #expect(lines[1] == #"{"time":"2"#)
            #expect(try object(lines[2])["name"] as? String == "/deferred")
            #expect(try object(lines[3])["event"] as? String == "stopped")
        }
    }

    @Test func `does not write a line twice that went out before the failure`() async {
        await #expect(processExitsWith: .success) {
            _ = signal(SIGXFSZ, SIG_IGN)
            let trail = try Trail()
            try trail.sink.record(record(.handedOver), urgency: .beforeAnswer)
            let size = try trail.text().utf8.count
            try limitFileSize(rlim_t(size * 2 + 5))
            try trail.sink.record(record(.handedOver), urgency: .deferrable)
            _ = failure { () throws(Errno) in try trail.sink.record(record(.opened), urgency: .beforeAnswer) }
            try limitFileSize(nil)
            trail.sink.close()
            #expect(try trail.lines().count == 3)
            #expect(try trail.text().hasSuffix("\n{\"tim\n"))
        }
    }
}

/// A pipe whose reading end is closed.
private func pipeWithoutReader() throws -> JSONLinesSink {
    var ends: [CInt] = [-1, -1]
    let made = unsafe pipe(&ends)
    try #require(made == 0)
    let sink = JSONLinesSink(try AuditFile(stream: ends[1]), flagWords: flagWords)
    close(ends[0])
    close(ends[1])
    return sink
}

/// For this process alone; nil lifts the limit.
private func limitFileSize(_ bytes: rlim_t?) throws {
    var limit = rlimit()
    let got = unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    try #require(got == 0)
    limit.rlim_cur = bytes ?? limit.rlim_max
    let set = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    try #require(set == 0)
}
