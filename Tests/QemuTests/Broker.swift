import Foundation
import HookLinux
import SystemPackage

/// The real `openhookd`, as root, to whose socket nobody alone may come.
final class Broker {
    let store: ImageStore
    private let process: StartedProgram
    private let policyFile: URL
    private let auditFile: URL
    private let restingDescriptors: Int

    var socket: String { store.top.appending(component: "hook").path }

    /// Starts a server and waits until it says that it is ready.
    ///
    /// - Parameter rules: the lines of the one root, which is the directory of images.
    init(_ store: ImageStore, selinux: String = "off", _ rules: [String]) throws {
        self.store = store
        policyFile = store.top.appending(component: "web01.policy")
        auditFile = store.top.appending(component: "audit.jsonl")
        let lines =
            ["openhook 1", "vm web01", "selinux \(selinux)", "peer uid nobody", "root images \(store.images) {"]
            + rules + ["}"]
        try Self.write(lines, to: policyFile)
        let ready = try UnixSocket.pair(.stream)
        let process = try StartedProgram(
            Host.server.get(),
            [
                "--policy", policyFile.path, "--socket", store.top.appending(component: "hook").path, "--uid",
                "nobody", "--mode", "600", "--seqpacket", "--audit", auditFile.path, "--ready-fd", "3",
            ], extra: ready.second.descriptor.number, in: store.logs)
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

    // MARK: Records

    /// What has been written so far, whole lines.
    func trail() throws -> Trail {
        let text = String(decoding: try Data(contentsOf: auditFile), as: UTF8.self)
        return try Trail(text[..<(text.lastIndex(of: "\n") ?? text.startIndex)])
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
    func leakedDescriptors() throws -> Int {
        let settled = try Patience.look {
            try Self.descriptorCount(process.pid) == restingDescriptors ? 0 : nil
        }
        return try settled ?? Self.descriptorCount(process.pid) - restingDescriptors
    }

    /// Ends the server.
    ///
    /// - Returns: all of its records.
    func stop() throws -> (ending: ChildProcess.Ending, trail: Trail) {
        try process.send(.terminate)
        let ending = try process.end()
        return (ending, try trail())
    }

    var errors: String { process.errors }
    var pid: Int32 { process.pid }
}
