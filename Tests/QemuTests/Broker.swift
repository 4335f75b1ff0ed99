import Foundation
import HookLinux
import SystemPackage
import Testing

/// The real `openhookd`, as root; the user `nobody`, and no other, may ask it.
final class Broker {
    let store: ImageStore
    private let process: StartedProgram
    private let policyFile: URL
    private let auditFile: URL
    private let channel: Channel
    private var inherited: UnixSocket?
    private let restingDescriptors: Int

    /// How QEMU is connected to it.
    enum Channel: String, CaseIterable, CustomTestStringConvertible {
        case stream = "a listening stream socket"
        case packets = "a listening packet socket"
        case inherited = "an inherited pair of stream sockets"

        var testDescription: String { rawValue }
    }

    private var socket: String { store.top.appending(component: "hook").path }

    /// Starts a server and waits until it says that it is ready.
    ///
    /// - Parameter rules: the lines of the one root, which is the directory of images.
    convenience init(
        _ store: ImageStore, selinux: String = "off", over channel: Channel = .packets, _ rules: [String]
    ) throws {
        let lines =
            ["openhook 1", "vm web01", "selinux \(selinux)", "peer uid nobody", "root images \(store.images) {"]
            + rules + ["}"]
        try self.init(store, over: channel, policy: lines)
    }

    /// The same with the lines of a whole policy.
    init(_ store: ImageStore, over channel: Channel = .packets, policy lines: [String]) throws {
        self.store = store
        self.channel = channel
        policyFile = store.top.appending(component: "web01.policy")
        auditFile = store.top.appending(component: "audit.jsonl")
        try Self.write(lines, to: policyFile)
        let ready = try UnixSocket.pair(.stream)
        var words = ["--policy", policyFile.path, "--audit", auditFile.path, "--ready-fd", "3"]
        var passed = [ready.second.descriptor.number]
        let pair = try UnixSocket.pair(.stream)
        switch channel {
        case .inherited:
            // The policy says who may ask, so each message must say who sent it.
            try pair.second.receiveCredentials()
            passed.append(pair.second.descriptor.number)
            words += ["--fd", "4"]
        case .stream, .packets:
            words += ["--socket", store.top.appending(component: "hook").path, "--uid", "nobody", "--mode", "600"]
            if channel == .packets { words.append("--seqpacket") }
        }
        let process = try StartedProgram(Host.server.get(), words, passing: passed, in: store.logs)
        inherited = channel == .inherited ? pair.takeFirst() : nil
        let near = ready.takeFirst()
        guard try Self.awaitReady(near) else {
            throw Impasse("openhookd did not start, \(try process.end()): \(process.errors)")
        }
        self.process = process
        restingDescriptors = try Self.descriptorCount(process.pid)
    }

    private static func write(_ lines: [String], to file: URL) throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }

    /// Reads to the end: until then the server has a descriptor more than later.
    private static func awaitReady(_ socket: borrowing UnixSocket) throws -> Bool {
        var said: [UInt8] = []
        while try Polling.wait(for: socket.descriptor.number, milliseconds: Patience.milliseconds) {
            var room = [UInt8](repeating: 0, count: 64)
            var span = room.mutableSpan
            let count = try socket.receive(into: &span).count
            guard count > 0 else { break }
            said += room.prefix(count)
        }
        return said.elementsEqual("READY=1\n".utf8)
    }

    // MARK: Clients

    /// Starts a program as nobody, with the preload library and nothing else in between: that would use it up. It is
    /// the only one if the channel is inherited.
    func start(_ program: String, _ arguments: [String]) throws -> StartedProgram {
        var environment = ["PATH=/usr/bin:/bin", "LD_PRELOAD=\(try Preload.library.get())"]
        guard let connection = inherited.take() else {
            environment.append("OPENHOOK_SOCKET=\(socket)")
            return try StartedProgram(
                program, arguments, environment: environment, user: Host.nobody, in: store.logs)
        }
        environment.append("OPENHOOK_FD=3")
        return try StartedProgram(
            program, arguments, environment: environment, user: Host.nobody,
            passing: [connection.descriptor.number], in: store.logs)
    }

    // MARK: Records

    /// What this server has written so far, whole lines.
    func trail() throws -> Trail {
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
        try process.send(.hangUp)
        let loaded = try Patience.look { try trail().of("policy-loaded").count > before ? true : nil }
        guard loaded == true else { throw Impasse("the policy was not loaded: \(lastRecords)\(process.errors)") }
    }

    // MARK: The end

    private static func descriptorCount(_ pid: Int32) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }

    /// How many descriptors the server holds more than before it served anyone, when all its clients have gone.
    private func leakedDescriptors() throws -> Int {
        let settled = try Patience.look {
            try Self.descriptorCount(process.pid) == restingDescriptors ? 0 : nil
        }
        return try settled ?? Self.descriptorCount(process.pid) - restingDescriptors
    }

    /// As if it had crashed.
    func kill() throws {
        try process.send(.kill)
        #expect(try process.end() == .signalled(9))
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
        if channel != .inherited {
            #expect(try leakedDescriptors() == 0, sourceLocation: sourceLocation)
            let children = try String(
                contentsOfFile: "/proc/\(process.pid)/task/\(process.pid)/children", encoding: .utf8)
            #expect(children == "", sourceLocation: sourceLocation)
            try process.send(.terminate)
        }
        let ending = try process.end()
        #expect(ending == .exited(0), "\(process.errors)", sourceLocation: sourceLocation)
        let trail = try trail()
        #expect(trail.gaps == [], sourceLocation: sourceLocation)
        #expect(trail.refusals(in: store.images) == refusals, sourceLocation: sourceLocation)
        #expect(!FileManager.default.fileExists(atPath: socket), sourceLocation: sourceLocation)
        return trail
    }
}
