internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import HookWire
internal import SystemPackage

/// From options to a server that serves, in the one order in which that is safe.
///
/// 1. Options and environment: nothing opened (`ServerOptions`).
/// 2. The policy: parsed, every error reported. Nothing but the policy's own files is read.
/// 3. Roots opened, users resolved; SELinux asked whether labels can be checked.
/// 4. Sockets.
/// 5. The audit sink.
/// 6. No new privileges, no core dump: what the threads that follow inherit.
/// 7. Ready.
/// 8. Serve.
package enum Startup {
    /// Why the server did not start.
    package enum Failure: Error, Sendable {
        /// Exit status 2.
        case policy(String)
        /// Exit status 3.
        case environment(String)
    }

    /// Serves until it is ended.
    ///
    /// - Parameters:
    ///   - notifications: how notifications are answered; nil: launchers are told that they are not.
    ///   - tell: prints a line for the admin.
    package static func serve(
        _ options: ServerOptions, _ notifications: (any NotificationFrontEnd)?,
        tell: @escaping @Sendable (String) -> Void
    ) throws(Failure) {
        // In a function of its own: nothing of it may hold the first policy's directories once another is in force.
        let server = try prepare(options, notifications, tell)
        server.run()  // 8
    }

    /// Everything up to a server that is ready.
    private static func prepare(
        _ options: ServerOptions, _ notifications: (any NotificationFrontEnd)?,
        _ tell: @escaping @Sendable (String) -> Void
    ) throws(Failure) -> Server {
        try environment("standard descriptors") { () throws(Errno) in try ThisProcess.openStandardDescriptors() }
        let signals = try environment("signals") { () throws(Errno) in
            try SignalDescriptor([.hangUp, .terminate, .interrupt])
        }
        SignalDescriptor.ignoreBrokenPipes()
        let labels = LibSELinux()
        let mounts = MountTable()
        let loader = PolicyLoader(path: options.policy, ownership: options.ownership, labels: labels, mounts: mounts)
        let first = try loadPolicy(loader)  // 2, 3
        let opened = try openSources(options)  // 4
        let demands = opened.demands(options)
        if demands == .somePeer, let unnamed = first.generation.unnamedAskers {
            throw .policy("\(escaped(options.policy.bytes)): \(unnamed); or start with --peer-pid PID")
        }
        var systemLog = SystemLog()
        let audit = try openAudit(options, &systemLog, tell)  // 5
        let denials = labels.kernelListsSELinux() ? systemLog.denials(tell) : DenialLog(nil)
        let peer = try environment("--peer-pid") { () throws(Errno) in
            try options.peerPid.map { (pid) throws(Errno) in try PeerProcess(pid: pid) }
        }
        let own = try environment("groups") { () throws(Errno) in try UserIdentity.own() }
        let ready = try environment("--ready-fd") { () throws(Errno) -> OwnedDescriptor? in
            guard let number = options.readyDescriptor else { return nil }
            return try ThisProcess.inheritedDescriptor(number)
        }
        try environment("privileges") { () throws(Errno) in try ThisProcess.harden() }  // 6
        try environment("audit thread") { () throws(Errno) in try systemLog.start() }
        let service = Service(
            PolicyStore(first), audit: audit, labels: labels, mounts: mounts, peerCheck: PeerCheck(process: peer),
            ownIdentity: own, openTimeout: options.openTimeout, denials: denials, notifications: notifications)
        let server = try makeServer(service, loader, demands, signals, opened, tell)
        first.warn(tell)
        try environment("audit") { () throws(Errno) in try service.report(.started) }
        try announce(ready)  // 7
        return server
    }

    static func environment<R: ~Copyable>(
        _ what: String, _ body: () throws(Errno) -> R
    ) throws(Failure) -> R {
        do { return try body() } catch { throw .environment("\(what): \(error.described)") }
    }

    private static func loadPolicy(_ loader: PolicyLoader) throws(Failure) -> PolicyInForce {
        guard RootDirectory.kernelSupportsResolution() else {
            throw .environment("this kernel has no openat2(2) or close_range(2): Linux 5.9 or newer is needed")
        }
        try environment("descriptor limit") { () throws(Errno) in try ThisProcess.raiseDescriptorLimit() }
        let descriptors = try environment("/proc/self/fd") { () throws(Errno) in try DescriptorDirectory(of: .process) }
        do throws(PolicyLoader.Failure) { return try loader.load(generation: 1, descriptors) } catch {
            if case .labels = error { throw .environment(error.description) }
            throw .policy(loader.describe(error))
        }
    }

    private static func makeServer(
        _ service: Service, _ loader: PolicyLoader, _ demands: Reloader.Demands,
        _ signals: consuming SignalDescriptor, _ opened: consuming Opened, _ tell: @escaping @Sendable (String) -> Void
    ) throws(Failure) -> Server {
        let wakeUp = try environment("eventfd") { () throws(Errno) in try EndSignal() }
        let reloader = try environment("/proc/self/fd") { () throws(Errno) in
            try Reloader(service, loader, demands, tell: tell)
        }
        try environment("watchdog") { () throws(Errno) in
            try service.watchdog.start()
            try service.chores.start()
            try service.rejected.start(service.audit) { service.rest(until: $0) }
        }
        let sessions = LaunchSessions(wakeUp)
        let server = Server(service, reloader, signals, opened.listeners, sessions, wakeUp)
        try begin(opened, server, service, sessions)
        return server
    }

    /// Serves those who need not come in any more.
    private static func begin(
        _ opened: consuming Opened, _ server: Server, _ service: Service, _ sessions: LaunchSessions
    ) throws(Failure) {
        if let frontEnd = service.notifications {
            for program in opened.kept {
                try environment("thread") { () throws(Errno) in try sessions.serve(program, frontEnd, service) }
            }
        }
        if let socket = opened.connection.take() {
            let connection: Connection
            do { connection = try Connection(socket, .inherited, labels: service.labels) } catch {
                throw .environment("the inherited socket: \(error.described)")
            }
            do { try server.serve(connection) } catch { throw .environment("the inherited socket: \(error)") }
        }
        if let socket = opened.channel.take() {
            do { try LaunchConversation(socket, .inherited, service, sessions).start() } catch {
                throw .environment("--launch-fd: \(error.described)")
            }
        }
    }

    private static func announce(_ ready: consuming OwnedDescriptor?) throws(Failure) {
        if let ready { try environmentTaking("--ready-fd", ready) }
        try environment("NOTIFY_SOCKET") { () throws(Errno) in
            try ServiceManager.tell("READY=1")
        }
    }

    private static func environmentTaking(_ what: String, _ ready: consuming OwnedDescriptor) throws(Failure) {
        do { try ReadyNotification.write(to: ready) } catch { throw .environment("\(what): \(error.described)") }
    }
}
