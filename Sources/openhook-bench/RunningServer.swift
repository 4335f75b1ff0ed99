import CYardstick
import HookLinux
import SystemPackage

/// A server that runs, and the connection to it. It is killed when the value ends.
struct RunningServer: ~Copyable {
    private static let patience: Int32 = 30_000

    private let subject: Subject
    private let pid: Int32
    private let socket: OwnedDescriptor
    /// From before its `fork` to the byte that it wrote.
    private(set) var nanosecondsToReady: Int64

    init(subject: Subject, pid: Int32, socket: consuming OwnedDescriptor, nanosecondsToReady: Int64) {
        self.subject = subject
        self.pid = pid
        self.socket = socket
        self.nanosecondsToReady = nanosecondsToReady
    }

    deinit { ys_kill(pid) }

    /// Waits until the server says that it serves.
    mutating func waitUntilReady(
        _ pipe: consuming OwnedDescriptor, since start: Int64, saying messages: ServerMessages
    ) throws(BenchError) {
        let result = ys_wait_for_byte(pipe.number, Self.patience)
        nanosecondsToReady = ys_now() - start
        if result == 0 - Errno.timedOut.rawValue { throw .notReady(subject.name, milliseconds: Self.patience) }
        guard try check(result, "wait for '\(subject.name)'") == 0 else { return }
        let status = ys_wait(pid, 1000)
        guard status >= 0 else { throw .notReady(subject.name, milliseconds: Self.patience) }
        throw .endedBeforeReady(subject.name, status: status, messages: messages.text)
    }

    /// The server's memory as it is now.
    borrowing func memoryUse() throws(BenchError) -> MemoryUse { try MemoryUse(ofProcess: pid) }

    /// What the server has when nobody asks: it closes what it opened after its answer.
    borrowing func holdings() throws(BenchError) -> Holdings {
        var nothing: [Readiness] = []
        _ = try? Polling.wait(&nothing, milliseconds: 200)
        return try Holdings(ofProcess: pid)
    }

    /// Asks the same thing `count` times.
    borrowing func measure(
        _ answer: ExpectedAnswer, _ policy: BenchPolicy, count: Int
    ) throws(BenchError) -> Latency {
        var nanoseconds = [UInt64](repeating: 0, count: count)
        var last: Int32 = 0
        let name = subject.name(for: answer, policy)
        let result = unsafe name.withCString { name in
            var request = unsafe ys_request(name: name, flags: BenchPolicy.flags, expected: answer.result)
            return unsafe ys_measure(socket.number, &request, &nanoseconds, count, &last)
        }
        switch Errno(rawValue: 0 - result) {
        case .connectionReset: throw .wentAway(subject.name)
        case .protocolError:
            throw .unexpectedAnswer(
                subject.name, request: answer.rawValue, answer: last, expected: answer.result)
        default: try check(result, "ask '\(subject.name)'")
        }
        return Latency(nanoseconds: nanoseconds)
    }
}

extension Subject {
    /// A name that brings the expected answer; the bare server refuses only what is outside its directory.
    fileprivate func name(for answer: ExpectedAnswer, _ policy: BenchPolicy) -> String {
        switch (answer, self) {
        case (.granted, _): policy.grantedName
        case (.refused, .program): policy.refusedName
        case (.refused, .bare): "/nowhere"
        }
    }
}
