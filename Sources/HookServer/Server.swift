internal import HookAudit
internal import HookLinux
internal import SystemPackage

/// The main thread of a server that is ready: it accepts connections and heeds signals, and opens nothing for anybody.
final class Server {
    private let service: Service
    private let reloader: Reloader
    private let signals: SignalDescriptor
    private let wakeUp: EndSignal
    private let sessions: LaunchSessions
    private var listeners: Listeners

    /// Where clients come in.
    struct Listeners {
        /// For requests.
        var requests: ListeningSocket?
        /// For launchers.
        var launchers: ListeningSocket?
        var stay: Stay

        enum Stay { case untilTold, asLongAsSomebodyIsServed }
    }

    init(
        _ service: Service, _ reloader: Reloader, _ signals: consuming SignalDescriptor, _ listeners: Listeners,
        _ sessions: LaunchSessions, _ wakeUp: EndSignal
    ) {
        self.service = service
        self.reloader = reloader
        self.signals = signals
        self.listeners = listeners
        self.sessions = sessions
        self.wakeUp = wakeUp
    }

    /// Serves until a signal ends it, or the only client has gone.
    func run() {
        while !shouldEnd() {
            var entries = [Readiness(of: signals.descriptor.number), Readiness(of: wakeUp.number)]
            let open = [listeners.requests, listeners.launchers].compactMap(\.self)
            entries += open.map { Readiness(of: $0.number) }
            guard (try? Polling.wait(&entries, milliseconds: nil)) ?? true else { continue }
            if entries[0].isReady, heedSignals() == .end { break }
            if entries[1].isReady { wakeUp.clear() }
            for (listener, entry) in zip(open, entries.dropFirst(2)) where entry.isReady { accept(at: listener) }
        }
        finish()
    }

    private func shouldEnd() -> Bool {
        listeners.stay == .asLongAsSomebodyIsServed && service.connections.isEmpty && sessions.isEmpty
    }

    private enum Heeded { case goOn, end }

    private func heedSignals() -> Heeded {
        while let signal = signals.next() {
            switch signal {
            case .hangUp: reloader.reload()
            case .terminate, .interrupt: return .end
            case .kill, .pipe: continue
            }
        }
        return .goOn
    }

    private func accept(at listener: ListeningSocket) {
        do throws(Errno) {
            let socket = try listener.accept()
            if listener === listeners.launchers {
                try LaunchConversation(socket, .accepted, service, sessions).start()
            } else {
                try admit(Connection(socket, .accepted, labels: service.labels))
            }
        } catch {
            // The client has gone already (ECONNABORTED), or there are too many descriptors or threads (EMFILE, EAGAIN):
            // the connection is closed, and the next one is not tried at once.
            service.rest(until: KernelClock.monotonic() + 10_000_000)
        }
    }

    private func admit(_ connection: Connection) throws(Errno) {
        do { try serve(connection) } catch {
            if case .system(let errno) = error { throw errno }
            let peer = connection.describedPeer(connection.credentials)
            service.reject(peer, error.description) { connection.end() }
        }
    }

    func serve(_ connection: Connection) throws(Service.NotServed) {
        let wakeUp = wakeUp
        try service.serve(connection) { wakeUp.signal() }
    }

    /// Stops accepting, finishes what is being answered, and leaves no socket file.
    private func finish() {
        listeners = Listeners(stay: .asLongAsSomebodyIsServed)
        service.stop()
        service.connections.endReading()
        let longest = KernelClock.monotonic() + service.openTimeout + 1_000_000_000
        service.connections.waitUntilEmpty(until: longest)
        service.inFlight.waitUntilNone(until: longest)
        service.rejected.writeAll(service.audit)
        sessions.stopNoting()
        try? service.report(.stopped)
        service.audit.close()
        service.site.denials.close()
    }
}

/// Tells the main thread that a connection has ended.
final class EndSignal: Sendable {
    private let wakeUp: WakeUp

    init() throws(Errno) { wakeUp = try WakeUp() }

    var number: CInt { wakeUp.descriptor.number }
    func signal() { wakeUp.signal() }
    func clear() { wakeUp.clear() }
}

/// A socket that listens: one that this process made, with its name, or one that it was given.
final class ListeningSocket {
    private enum Kind: ~Copyable {
        case made(SocketFile)
        case given(UnixSocket)
    }

    private let kind: Kind

    init(_ made: SocketFile) { kind = .made(made) }
    init(given: consuming UnixSocket) { kind = .given(given) }

    var number: CInt {
        switch kind {
        case .made(let file): file.socket.descriptor.number
        case .given(let socket): socket.descriptor.number
        }
    }

    func accept() throws(Errno) -> UnixSocket {
        switch kind {
        case .made(let file): try file.socket.accept()
        case .given(let socket): try socket.accept()
        }
    }
}
