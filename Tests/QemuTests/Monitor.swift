import Foundation
import HookLinux
import SystemPackage

/// A connection to QEMU's monitor, in its machine protocol (QMP).
final class Monitor {
    private let socket: UnixSocket
    private var unread: [UInt8] = []
    private var events: [JSON] = []

    /// What a command came to.
    enum Outcome: Equatable {
        case done(JSON)
        /// The description of the error.
        case failed(String)
    }

    /// - Returns: `nil` if nobody listens there yet.
    static func connect(to path: String) throws -> Monitor? {
        let socket = try UnixSocket(.stream)
        do { try socket.connect(to: SystemPath(text: path)) } catch {
            guard error == .noSuchFileOrDirectory || error == .connectionRefused else { throw error }
            return nil
        }
        return try Monitor(socket)
    }

    /// - Parameter socket: connected to QEMU.
    init(_ socket: consuming UnixSocket) throws {
        self.socket = socket
        guard try next()["QMP"] != nil else { throw Impasse("no greeting of QMP") }
        guard case .done = try execute("qmp_capabilities", [:]) else { throw Impasse("no QMP") }
    }

    func execute(_ command: String, _ arguments: JSON) throws -> Outcome {
        let line = try JSON.object(["execute": .string(command), "arguments": arguments]).line()
        guard try socket.send(line.span) == line.count else { throw Impasse("\(command): not sent") }
        while true {
            let message = try next()
            if let result = message["return"] { return .done(result) }
            if let error = message["error"] { return .failed(error["desc"]?.text ?? "\(error)") }
            if message["event"] != nil { events.append(message) }
        }
    }

    /// The next event of a kind, also one that came earlier and that nobody has waited for.
    func awaitEvent(_ kind: String, where fits: (JSON) -> Bool = { _ in true }) throws -> JSON {
        func isWanted(_ event: JSON) -> Bool { event["event"]?.text == kind && fits(event["data"] ?? .null) }
        if let index = events.firstIndex(where: isWanted) { return events.remove(at: index)["data"] ?? .null }
        while true {
            let message = try next()
            if isWanted(message) { return message["data"] ?? .null }
            if message["event"] != nil { events.append(message) }
        }
    }

    private func next() throws -> JSON {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = unread[..<end]
                unread = Array(unread[(end + 1)...])
                return try JSON(parsing: line)
            }
            guard try Polling.wait(for: socket.descriptor.number, milliseconds: Patience.milliseconds) else {
                throw Impasse("the monitor says nothing; events so far: \(events)")
            }
            var room = [UInt8](repeating: 0, count: 16384)
            var span = room.mutableSpan
            let count = try socket.receive(into: &span).count
            guard count > 0 else { throw Impasse("the monitor has gone") }
            unread += room.prefix(count)
        }
    }
}
