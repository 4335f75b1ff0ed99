import Foundation
import HookLinux
import SystemPackage
import Testing

/// The real `openhookd`, as root; the user `nobody`, and no other, may ask it. It is started before QEMU, or by the
/// launcher that QEMU is started with.
final class Broker {
    let store: ImageStore
    let connection: Connection
    private let policyFile: URL
    private let auditFile: URL
    private var server: RunningServer?

    /// For a launched one: where its pid is noted, and QEMU's own directory is.
    private var runtime: String { store.top.appending(component: "runtime").path }

    /// Starts a server and waits until it says that it is ready; one that QEMU's launcher starts is only prepared.
    ///
    /// - Parameters:
    ///   - rules: the lines of the one root, which is the directory of images.
    ///   - others: lines outside of it.
    convenience init(
        _ store: ImageStore, selinux: String = "off", over connection: Connection = .packets, _ rules: [String],
        others: [String] = []
    ) throws {
        var lines = ["openhook 1", "vm web01", "selinux \(selinux)", "peer uid nobody"] + others
        if connection.launch != nil { lines.append("own rw \(store.run)") }
        if connection == .strict { lines.append("include \"\(Host.runtimePolicy)\"") }
        lines += ["root images \(store.images) {"] + rules + ["}"]
        try self.init(store, over: connection, policy: lines)
    }

    /// The same with the lines of a whole policy.
    init(_ store: ImageStore, over connection: Connection = .packets, policy lines: [String]) throws {
        self.store = store
        self.connection = connection
        policyFile = store.top.appending(component: "web01.policy")
        auditFile = store.top.appending(component: "audit.jsonl")
        try Self.write(lines, to: policyFile)
        guard connection.launch == nil else { return }
        server = try RunningServer(store, connection, policy: policyFile.path, audit: auditFile.path)
    }

    private static func write(_ lines: [String], to file: URL) throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }

    // MARK: Clients

    /// Starts a program as nobody, with its way to the broker and nothing else in between.
    ///
    /// - Parameter passed: a descriptor that the launched program has as 3.
    func start(_ program: String, _ arguments: [String], passing passed: CInt? = nil) throws -> StartedProgram {
        if let server { return try server.start(program, arguments, in: store.logs) }
        let options = ["run", "--policy", policyFile.path, "--audit", auditFile.path, "--user", "nobody"]
        let way = (connection.launch ?? []) + ["--preload", try Preload.library.get()]
        let environment = ["PATH=/usr/bin:/bin", "RUNTIME_DIRECTORY=\(runtime)", "TMPDIR=\(store.top.path)"]
        return try StartedProgram(
            Host.program("openhook"), options + way + ["--", program] + arguments, environment: environment,
            passing: passed.map { [$0] } ?? [], in: store.logs)
    }

    // MARK: Records

    /// What this server has written so far, whole lines.
    func trail() throws -> Trail {
        guard FileManager.default.fileExists(atPath: auditFile.path) else { return try Trail("") }
        let text = String(decoding: try Data(contentsOf: auditFile), as: UTF8.self)
        return try Trail(text[..<(text.lastIndex(of: "\n") ?? text.startIndex)]).ofLastServer
    }

    var lastRecords: String { (try? trail().lastRecords) ?? "(no audit records)" }

    /// The refusals of one name, when there is at least one.
    func awaitRefusal(of name: String) throws -> JSON {
        let found = try Patience.look {
            try trail().of("refused").last { $0["name"]?.text == store.image(name) }
        }
        guard let found else { throw Impasse("\(name) was not refused: \(lastRecords)") }
        return found
    }

    // MARK: The policy

    /// Adds a line to the root's, or puts it in the place of another one, and has the server load the policy.
    func add(_ line: String, insteadOf old: String? = nil) throws {
        var lines = try String(contentsOf: policyFile, encoding: .utf8).split(separator: "\n").map(String.init)
        if let old {
            guard let index = lines.firstIndex(of: old) else { throw Impasse("no line \(old)") }
            lines[index] = line
        } else {
            lines.insert(line, at: lines.count - 1)
        }
        try Self.write(lines, to: policyFile)
        let before = try trail().of("policy-loaded").count
        try send(.hangUp)
        let loaded = try Patience.look { try trail().of("policy-loaded").count > before ? true : nil }
        guard loaded == true else { throw Impasse("the policy was not loaded: \(lastRecords)") }
    }

    /// The server's process.
    func pid() throws -> Int32 {
        if let server { return server.pid }
        let noted = try String(contentsOfFile: "\(runtime)/broker.pid", encoding: .utf8)
        guard let pid = Int32(noted.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Impasse("broker.pid: \(noted)")
        }
        return pid
    }

    func send(_ signal: HookLinux.Signal) throws {
        if let server { try server.send(signal) } else { try ProcessHandle(pid: pid()).send(signal: signal) }
    }

    // MARK: The end

    /// As if it had crashed.
    func kill() throws {
        try send(.kill)
        if let server { try server.expectKilled() }
    }

    /// Ends the server, and expects that it has kept nothing and recorded everything. One whose only client has gone
    /// ends by itself.
    ///
    /// - Parameter refusals: all that were meant to be, as ``Trail/refusals(in:)`` writes them.
    /// - Returns: its records.
    @discardableResult
    func expectCleanEnd(
        refused refusals: Set<String>, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Trail {
        if let server {
            try server.expectCleanEnd(sourceLocation)
        } else {
            let hasEnded = try Patience.look { () -> Bool? in
                // Its file goes before its last record is written, and stays behind one that was killed.
                guard let pid = try? pid() else { return try self.trail().of("stopped").isEmpty ? nil : true }
                return FileManager.default.fileExists(atPath: "/proc/\(pid)") ? nil : true
            }
            #expect(hasEnded == true, "the broker goes on without QEMU", sourceLocation: sourceLocation)
        }
        let trail = try trail()
        #expect(trail.gaps == [], sourceLocation: sourceLocation)
        // Under --strict what a QEMU looks for of its own, and does not find, is refused as well.
        let found = trail.refusals(in: store.images).filter { connection != .strict || !$0.contains(" /") }
        #expect(found == refusals, sourceLocation: sourceLocation)
        return trail
    }
}
