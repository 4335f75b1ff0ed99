package import HookJSON
internal import HookLinux
internal import SystemPackage

/// A connection to QEMU's monitor in its machine protocol (QMP). Nothing is asked that changes the VM.
struct MonitorConnection: ~Copyable {
    private let socket: UnixSocket
    private var unread: [UInt8] = []

    /// How long an answer is waited for, and how long it may be.
    private static let seconds: Int64 = 10
    private static let longest = 16 << 20
    /// Backing files lie in each other in an answer.
    private static let depth = 1024

    private init(_ socket: consuming UnixSocket) { self.socket = socket }

    /// Connects, and has the greeting said.
    static func open(_ path: SystemPath) throws(MonitorFailure) -> MonitorConnection {
        var monitor = MonitorConnection(try connected(to: path))
        let deadline = KernelClock.monotonic() + MonitorConnection.seconds * 1_000_000_000
        guard try monitor.next(until: deadline)["QMP"] != nil else { throw .noMonitor }
        guard try monitor.execute("qmp_capabilities") != nil else { throw .noMonitor }
        return monitor
    }

    private static func connected(to path: SystemPath) throws(MonitorFailure) -> UnixSocket {
        do throws(Errno) {
            let socket = try UnixSocket(.stream)
            try socket.connect(to: path)
            return socket
        } catch {
            throw .unreachable(error.described)
        }
    }

    /// The result of a command; nil if QEMU answers with an error.
    mutating func execute(_ command: String, _ arguments: String = "{}") throws(MonitorFailure) -> JSONValue? {
        let deadline = KernelClock.monotonic() + MonitorConnection.seconds * 1_000_000_000
        let line = Array("{\"execute\":\"\(command)\",\"arguments\":\(arguments)}\n".utf8)
        do throws(Errno) { try socket.descriptor.writeAll(line) } catch { throw .unreachable(error.described) }
        while true {
            let message = try next(until: deadline)
            if let result = message["return"] { return result }
            if message["error"] != nil { return nil }
            // An event.
        }
    }

    private mutating func next(until deadline: Int64) throws(MonitorFailure) -> JSONValue {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(unread[..<end])
                unread.removeFirst(end + 1)
                do throws(JSONError) {
                    return try JSONValue(parsing: line, depth: MonitorConnection.depth)
                } catch {
                    throw .nonsense(error)
                }
            }
            try receive(until: deadline)
        }
    }

    private mutating func receive(until deadline: Int64) throws(MonitorFailure) {
        let left = Int32(clamping: (deadline - KernelClock.monotonic()) / 1_000_000)
        var room = [UInt8](repeating: 0, count: 65_536)
        do throws(Errno) {
            // Another client has the monitor, as long as QEMU says nothing: it serves one at a time.
            guard left > 0 else { throw .timedOut }
            guard try Polling.wait(for: socket.descriptor.number, milliseconds: left) else { return }
            let count = try socket.descriptor.read(into: &room)
            guard count > 0 else { throw .connectionReset }
            unread += room[..<count]
        } catch {
            throw error == .timedOut ? .silent : .unreachable(error.described)
        }
        guard unread.count <= MonitorConnection.longest else { throw .tooLong }
    }
}

/// Why nothing was learnt from a monitor.
package enum MonitorFailure: Error, Sendable, Equatable, CustomStringConvertible {
    case unreachable(String)
    case noMonitor
    case silent
    case tooLong
    case nonsense(JSONError)

    package var description: String {
        switch self {
        case .unreachable(let reason): "the monitor cannot be reached: \(reason)"
        case .noMonitor: "nobody greets there as a monitor does: is it a socket of `-qmp unix:…,server=on,wait=off`?"
        case .silent:
            "the monitor says nothing: QEMU serves one client at a time, and libvirt keeps its own: use a second -qmp socket"
        case .tooLong: "the monitor's answer is longer than is read"
        case .nonsense(let error): "the monitor's answer is \(error)"
        }
    }
}
