import Foundation
import Glibc
package import HookClient
package import HookLinux
import SystemPackage

/// The real `openhookd`, in a directory of its own, with a policy that is `text` and an audit file.
package final class TestServer {
    /// How clients come to it.
    package enum Source {
        case listening(UnixSocket.Style)
        /// One end of a pair: `--fd 3`.
        case pair(UnixSocket.Style)
        /// A socket that listens already: `--fd 3`.
        case inherited(UnixSocket.Style)
        /// The same as a service manager passes it: `LISTEN_FDS`.
        case activated(UnixSocket.Style)
        /// As the arguments say.
        case none
    }

    package struct Settings {
        package var source = Source.listening(.stream)
        /// Beside those for policy, socket, audit and `--ready-fd`.
        package var arguments: [String] = []
        package var environment: [String] = []
        /// What a shell does before it becomes the server; `$$` is the server's pid.
        package var shell: String?
        /// A program that becomes the server: its arguments end with the server's own command line.
        package var wrapper: [String] = []
        /// `nil`: a file in the server's directory.
        package var audit: String?
        /// Run as another user.
        package var user: UserIdentity?

        package init() {}
    }

    package let directory: ScratchDirectory
    package let process: ChildProcess
    private var pair: RawConnection?
    private let auditPath: String
    private var hasEnded = false

    package var socket: String { directory.path("socket") }
    package var pid: Int32 { process.pid }

    /// Starts a server and waits until it says that it is ready.
    ///
    /// - Throws: with all that it wrote to standard error, if it ends instead.
    package convenience init(
        _ policy: String, in directory: ScratchDirectory? = nil, _ change: (inout Settings) -> Void = { _ in }
    ) throws {
        var settings = Settings()
        change(&settings)
        try self.init(policy, settings, directory ?? ScratchDirectory())
    }

    private init(_ policy: String, _ settings: Settings, _ directory: ScratchDirectory) throws {
        self.directory = directory
        try directory.file("policy", policy, mode: 0o644)
        auditPath = settings.audit ?? directory.path("audit")
        var launch = try ServerLaunch(settings, directory, audit: auditPath)
        let ready = try UnixSocket.pair(.stream)
        process = try launch.start(ready: ready.second.descriptor)
        pair = launch.pair
        let near = ready.takeFirst()
        guard try Program.readToEnd(of: near) == "READY=1\n" else {
            let ending = try process.wait()
            hasEnded = true
            throw SetUpFailure("the server did not start, \(ending): \(try directory.text("errors"))")
        }
    }

    deinit {
        guard !hasEnded else { return }
        try? process.send(signal: .kill)
        _ = try? process.wait()
    }

    // MARK: Asking

    /// A connection to its socket; of a pair, the other end.
    package func connect(_ style: UnixSocket.Style = .stream) throws -> RawConnection {
        if let pair { return pair }
        return try RawConnection(to: socket, style)
    }

    package func client() throws -> HookConnection {
        if let pair { return try HookConnection(taking: try pair.socket.descriptor.duplicate()) }
        return try HookConnection.connect(to: Array(socket.utf8))
    }

    /// Lets go of the client's end of a pair.
    package func disconnect() { pair = nil }

    /// What the C client prints.
    package func runClient(_ words: String..., user: UserIdentity? = nil) throws -> [String] {
        try runClient(words, user: user)
    }

    package func runClient(_ words: [String], user: UserIdentity? = nil) throws -> [String] {
        var arguments = ["--socket", socket]
        var descriptors: [CInt] = []
        if let pair {
            arguments = ["--fd", "3"]
            descriptors = [pair.socket.descriptor.number]
        }
        let run = try Program.run(
            BuiltProgram.hookClient.get(), arguments + words, descriptors: descriptors, user: user)
        guard run.errors.isEmpty else { throw SetUpFailure(run.errors) }
        return run.lines
    }

    // MARK: Looking

    package func records() throws -> [AuditLine] {
        try AuditLine.lines(
            of: String(decoding: SmallFile.read(SystemPath(text: auditPath), limit: 64 << 20), as: UTF8.self))
    }

    package func records(_ event: String) throws -> [AuditLine] { try records().filter { $0.event == event } }

    /// Waits until there are so many records of an event.
    ///
    /// - Returns: the last of them.
    package func awaitRecord(_ event: String, count: Int = 1) throws -> AuditLine {
        let found = try poll {
            let found = try records(event)
            return found.count >= count ? found.last : nil
        }
        guard let found else { throw SetUpFailure("no record \(event): \(try records())") }
        return found
    }

    package func errors() throws -> String { try directory.text("errors") }

    package func descriptorCount() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }

    /// Waits until the server has as many descriptors as before: its threads end a little later than connections.
    ///
    /// - Returns: how many it has in the end.
    package func descriptorCount(awaiting count: Int) throws -> Int {
        try poll { try descriptorCount() == count ? count : nil } ?? descriptorCount()
    }

    /// Where in the kernel the threads wait that serve connections (proc(5), `wchan`).
    package static func connectionWaits(_ pid: Int32) -> [String] {
        let tasks = "/proc/\(pid)/task"
        func text(_ thread: String, _ file: String) -> String {
            (try? String(contentsOfFile: "\(tasks)/\(thread)/\(file)", encoding: .utf8)) ?? ""
        }
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        return threads.filter { text($0, "comm") == "connection\n" }.map { text($0, "wchan") }
    }

    /// Whether one of them sleeps until a time, as where the policy's rate is exceeded (futex(2)).
    package static func isDelayingAnAnswer(_ pid: Int32) -> Bool {
        connectionWaits(pid).contains { $0.contains("futex") }
    }

    /// Whether one of them waits for a file, which the audit trail is where everything else is at hand (poll(2)).
    package static func isWaitingForAudit(_ pid: Int32) -> Bool {
        connectionWaits(pid).contains { $0.contains("poll") }
    }

    /// Whether one of them waits in an open for somebody's lease (fcntl(2), `F_SETLEASE`).
    package static func isWaitingForLease(_ pid: Int32) -> Bool {
        connectionWaits(pid).contains { $0.contains("lease") }
    }

    // MARK: Changing

    /// Replaces the policy, sends SIGHUP, and waits for the record of what came of that.
    package func reload(_ policy: String? = nil) throws -> AuditLine {
        if let policy { try directory.replace("policy", policy) }
        let isAbout: (AuditLine) -> Bool = { $0.event == "policy-loaded" || $0.event == "policy-kept" }
        let before = try directory.exists("audit") ? records().count(where: isAbout) : 0
        try process.send(signal: .hangUp)
        let found = try poll {
            guard directory.exists("audit") else { return AuditLine?.none }
            let found = try records().filter(isAbout)
            return found.count > before ? found.last : nil
        }
        guard let found else { throw SetUpFailure("no reload: \(try records())") }
        return found
    }

    /// Asks it to end, and waits for that.
    package func stop(_ signal: Signal = .terminate) throws -> ChildProcess.Ending {
        try process.send(signal: signal)
        return try end()
    }

    /// Waits for its end.
    package func end() throws -> ChildProcess.Ending {
        guard let ending = try process.wait(milliseconds: 30_000) else { throw SetUpFailure("the server does not end") }
        hasEnded = true
        return ending
    }

    /// Runs a server that is expected to end by itself.
    package static func run(
        _ arguments: [String], environment: [String] = [], descriptors: [CInt] = []
    ) throws -> Program.Output {
        try Program.run(
            BuiltProgram.path("openhookd"), arguments, environment: environment, descriptors: descriptors)
    }
}
