internal import HookLinux
internal import SystemPackage

/// A program that reads what is not to be trusted, and so gets only so much time, memory and room to answer in.
struct LimitedProgram {
    let program: SystemPath
    let arguments: [[UInt8]]
    var confinement = ChildProcess.Confinement.none
    /// Of the clock, and of the processor.
    var seconds: Int32 = 10
    /// Of addresses, in bytes.
    var memory: UInt64 = 1 << 30
    /// Of its output, in bytes.
    var longestOutput = 1 << 20

    enum Failure: Error {
        case notStarted(Errno)
        case tookTooLong(seconds: Int32)
        case saidTooMuch
        case ended(ChildProcess.Ending, errors: [UInt8])
    }

    /// What it says on its standard output until it ends with status 0.
    func run() throws(Failure) -> [UInt8] {
        let result: Result<[UInt8], Failure>
        do throws(Errno) { result = try runToEnd() } catch { throw .notStarted(error) }
        return try result.get()
    }

    private func runToEnd() throws(Errno) -> Result<[UInt8], Failure> {
        let output = try UnixSocket.pair(.stream)
        let errors = try UnixSocket.pair(.stream)
        var command = ChildProcess.Command(program: program, arguments: arguments)
        command.environment = ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C"].map { Array($0.utf8) }
        command.descriptors = [-1, output.second.descriptor.number, errors.second.descriptor.number]
        command.confinement = confinement
        command.endsWithParent = true
        command.limits = ChildProcess.Limits(memory: memory, seconds: UInt64(max(1, seconds)))
        let child = try ChildProcess(command)
        let streams = Streams(output: output.takeFirst(), errors: errors.takeFirst(), longest: longestOutput)
        let deadline = KernelClock.monotonic() + Int64(seconds) * 1_000_000_000
        let failure = try streams.read(until: deadline, seconds: seconds)
        if let failure {
            try child.send(signal: .kill)
            _ = try child.wait()
            return .failure(failure)
        }
        guard let ending = try child.wait(milliseconds: Streams.milliseconds(until: deadline)) else {
            try child.send(signal: .kill)
            _ = try child.wait()
            return .failure(.tookTooLong(seconds: seconds))
        }
        guard ending == .exited(0) else { return .failure(.ended(ending, errors: streams.errorBytes)) }
        return .success(streams.outputBytes)
    }
}

/// What a child says, read beside each other so that neither stream holds it up.
private final class Streams {
    private let output: UnixSocket
    private let errors: UnixSocket
    private let longest: Int
    private(set) var outputBytes: [UInt8] = []
    private(set) var errorBytes: [UInt8] = []

    init(output: consuming UnixSocket, errors: consuming UnixSocket, longest: Int) {
        self.output = output
        self.errors = errors
        self.longest = longest
    }

    static func milliseconds(until deadline: Int64) -> Int32 {
        Int32(clamping: max(0, (deadline - KernelClock.monotonic()) / 1_000_000))
    }

    /// Reads both to their ends.
    ///
    /// - Returns: why that did not come about.
    func read(until deadline: Int64, seconds: Int32) throws(Errno) -> LimitedProgram.Failure? {
        var isOutputOpen = true
        var isErrorOpen = true
        while isOutputOpen || isErrorOpen {
            var entries: [Readiness] = []
            if isOutputOpen { entries.append(Readiness(of: output.descriptor.number)) }
            if isErrorOpen { entries.append(Readiness(of: errors.descriptor.number)) }
            let left = Streams.milliseconds(until: deadline)
            guard left > 0 else { return .tookTooLong(seconds: seconds) }
            guard try Polling.wait(&entries, milliseconds: left) else { continue }
            if isOutputOpen, entries[0].isReady {
                isOutputOpen = try Streams.take(from: output, into: &outputBytes)
            }
            if isErrorOpen, entries[entries.count - 1].isReady {
                isErrorOpen = try Streams.take(from: errors, into: &errorBytes)
            }
            guard outputBytes.count <= longest, errorBytes.count <= longest else { return .saidTooMuch }
        }
        return nil
    }

    /// - Returns: whether there may be more.
    private static func take(from socket: borrowing UnixSocket, into bytes: inout [UInt8]) throws(Errno) -> Bool {
        var room = [UInt8](repeating: 0, count: 16_384)
        let count = try socket.descriptor.read(into: &room)
        bytes += room[..<count]
        return count > 0
    }
}

extension LimitedProgram.Failure {
    /// In words, after the name of the program.
    var text: String {
        switch self {
        case .notStarted(let error): "could not be run: \(error.described)"
        case .tookTooLong(let seconds): "took more than \(seconds) s"
        case .saidTooMuch: "said more than is read"
        case .ended(.signalled(let signal), _): "was ended by signal \(signal)"
        case .ended(.exited(let status), let errors):
            if let line = errors.split(separator: UInt8(ascii: "\n")).last {
                "says: \(shown(line))"
            } else {
                "ended with status \(status)"
            }
        }
    }
}

extension LimitedProgram {
    /// A program in the usual places.
    static func find(_ name: String) -> SystemPath? {
        for directory in ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/libexec"] {
            let path = SystemPath(text: "\(directory)/\(name)")
            if let status = try? FileStatus.following(path), status.kind == .file { return path }
        }
        return nil
    }
}
