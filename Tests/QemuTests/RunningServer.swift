import Foundation
import HookLinux
import SystemPackage
import Testing

/// An `openhookd` that was started for itself, and the ways to it.
final class RunningServer {
    private let process: StartedProgram
    private let connection: Connection
    private let socket: String
    private var inherited: UnixSocket?
    private let restingDescriptors: Int

    var pid: Int32 { process.pid }

    init(_ store: ImageStore, _ connection: Connection, policy: String, audit: String) throws {
        self.connection = connection
        socket = store.top.appending(component: "hook").path
        let ready = try UnixSocket.pair(.stream)
        var words = ["--policy", policy, "--audit", audit, "--ready-fd", "3"]
        var passed = [ready.second.descriptor.number]
        let pair = try UnixSocket.pair(.stream)
        if connection == .inherited {
            // The policy says who may ask, so each message must say who sent it.
            try pair.second.receiveCredentials()
            passed.append(pair.second.descriptor.number)
            words += ["--fd", "4"]
        } else {
            words += ["--socket", socket, "--uid", "nobody", "--mode", "600"]
            if connection == .packets { words.append("--seqpacket") }
        }
        let process = try StartedProgram(Host.program("openhookd"), words, passing: passed, in: store.logs)
        inherited = connection == .inherited ? pair.takeFirst() : nil
        let near = ready.takeFirst()
        guard try Self.awaitReady(near) else {
            throw Impasse("openhookd did not start, \(try process.end()): \(process.errors)")
        }
        self.process = process
        restingDescriptors = try Self.descriptorCount(process.pid)
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

    /// Starts a program as nobody, with the preload library. It is the only one if the connection is inherited.
    func start(_ program: String, _ arguments: [String], in directory: URL) throws -> StartedProgram {
        var environment = ["PATH=/usr/bin:/bin", "LD_PRELOAD=\(try Preload.library.get())"]
        guard let connection = inherited.take() else {
            environment.append("OPENHOOK_SOCKET=\(socket)")
            return try StartedProgram(
                program, arguments, environment: environment, user: Host.nobody, in: directory)
        }
        environment.append("OPENHOOK_FD=3")
        return try StartedProgram(
            program, arguments, environment: environment, user: Host.nobody,
            passing: [connection.descriptor.number], in: directory)
    }

    // MARK: The end

    func send(_ signal: HookLinux.Signal) throws { try process.send(signal) }

    func expectKilled() throws { #expect(try process.end() == .signalled(9)) }

    func expectCleanEnd(_ sourceLocation: SourceLocation) throws {
        if connection != .inherited {
            #expect(try leakedDescriptors() == 0, sourceLocation: sourceLocation)
            let children = try String(
                contentsOfFile: "/proc/\(process.pid)/task/\(process.pid)/children", encoding: .utf8)
            #expect(children == "", sourceLocation: sourceLocation)
            try process.send(.terminate)
        }
        let ending = try process.end()
        #expect(ending == .exited(0), "\(process.errors)", sourceLocation: sourceLocation)
        #expect(!FileManager.default.fileExists(atPath: socket), sourceLocation: sourceLocation)
    }

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
}
