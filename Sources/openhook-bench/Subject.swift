import CYardstick
import HookLinux
import SystemPackage

/// What is measured beside the bare server.
enum Subject {
    /// An openhookd, by its path.
    case program(String)
    /// The bare server itself: what noise makes of a ratio of 1.
    case bare

    var name: String {
        switch self {
        case .program(let path): path
        case .bare: "bare server"
        }
    }

    /// Starts the server, and returns once it serves.
    func start(
        _ style: SocketStyle, _ policy: BenchPolicy, in place: borrowing WorkingDirectory
    ) throws(BenchError) -> RunningServer {
        let connection = try DescriptorPair.connection(style)
        switch self {
        case .bare:
            let pid = try check(unsafe ys_start_bare(connection.given.number, place.images), "start the bare server")
            return RunningServer(subject: self, pid: pid, socket: connection.keep(), nanosecondsToReady: 0)
        case .program(let path):
            return try startProgram(path, policy, place, connection)
        }
    }

    private func startProgram(
        _ path: String, _ policy: BenchPolicy, _ place: borrowing WorkingDirectory,
        _ connection: consuming DescriptorPair
    ) throws(BenchError) -> RunningServer {
        let arguments = [
            path, "--policy", policy.file, "--audit", place.audit, "--fd", "3", "--ready-fd", "4",
        ]
        let readiness = try DescriptorPair.pipe()
        let before = ys_now()
        let messages = try place.messages.open()
        let given = [connection.given.number, readiness.given.number]
        let pid = unsafe withArguments(arguments) { unsafe ys_start($0, messages.number, given, given.count) }
        guard pid > 0 else { throw .cannotStart(path, Errno(rawValue: 0 - pid)) }
        var server = RunningServer(
            subject: self, pid: pid, socket: connection.keep(), nanosecondsToReady: 0)
        try server.waitUntilReady(readiness.keep(), since: before, saying: place.messages)
        return server
    }
}

/// Lends words as `execv(3)` wants them.
private func withArguments(_ words: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Int32) -> Int32 {
    var starts: [Int] = []
    var bytes: [CChar] = []
    for word in words {
        starts.append(bytes.count)
        bytes.append(contentsOf: word.utf8.map { CChar(bitPattern: $0) } + [0])
    }
    return unsafe bytes.withUnsafeBufferPointer { bytes in
        let pointers = unsafe starts.map { unsafe bytes.baseAddress?.advanced(by: $0) } + [nil]
        return unsafe pointers.withUnsafeBufferPointer { all in
            guard let first = all.baseAddress else { return 0 - Errno.invalidArgument.rawValue }
            return unsafe body(first)
        }
    }
}
