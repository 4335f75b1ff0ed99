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
/// 6. Privileges dropped. From here on nothing is opened by name but what the policy's roots hold.
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
    /// - Parameter tell: prints a line for the admin.
    package static func serve(
        _ options: ServerOptions, tell: @escaping @Sendable (String) -> Void
    ) throws(Failure) {
        // In a function of its own: nothing of it may hold the first policy's directories once another is in force.
        let server = try prepare(options, tell)
        server.run()  // 8
    }

    /// Everything up to a server that is ready.
    private static func prepare(
        _ options: ServerOptions, _ tell: @escaping @Sendable (String) -> Void
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
        let opened = try openSource(options)  // 4
        let demands = opened.demands(options)
        if demands == .somePeer, !first.generation.saysWhoMayAsk {
            throw .policy(
                "the policy says nowhere who may ask: add a `peer` statement (`peer type svirt_t`, `peer uid USER`, …), "
                    + "or start with --peer-pid PID; where no labels are checked, `peer label` and `peer type` say nothing"
            )
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
            ownIdentity: own, openTimeout: options.openTimeout,
            denials: denials)
        let server = try makeServer(service, loader, demands, signals, opened, tell)
        warn(first, tell)
        try environment("audit") { () throws(Errno) in try service.report(.started) }
        try announce(ready)  // 7
        return server
    }

    private static func environment<R: ~Copyable>(
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
            throw .policy(error.description)
        }
    }

    private enum Opened: ~Copyable {
        case listening(ListeningSocket)
        case connected(UnixSocket)

        /// Whoever can reach a listening socket may ask, unless somebody says who. Who has an inherited one was given it.
        borrowing func demands(_ options: ServerOptions) -> Reloader.Demands {
            switch self {
            case .listening: options.peerPid == nil ? .somePeer : .nothing
            case .connected: .nothing
            }
        }
    }

    private static func openSource(_ options: ServerOptions) throws(Failure) -> Opened {
        switch options.source {
        case .path(let path, let style, let access):
            let file = try environment("--socket \(path.text)") { () throws(Errno) in
                try SocketFile(at: path, style, access)
            }
            return .listening(ListeningSocket(file))
        case .descriptor(let number):
            let socket = try environment("--fd \(number)") { () throws(Errno) in
                try UnixSocket(taking: try ThisProcess.inheritedDescriptor(number))
            }
            let isListening = try environment("--fd \(number)") { () throws(Errno) in try socket.isListening() }
            guard isListening else { return .connected(socket) }
            try environment("--fd \(number)") { () throws(Errno) in try socket.receiveCredentials() }
            socket.refuseDescriptors()
            return .listening(ListeningSocket(given: socket))
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
        }
        switch consume opened {
        case .listening(let listener):
            return Server(service, reloader, signals, .listening(listener), wakeUp)
        case .connected(let socket):
            let connection: Connection
            do { connection = try Connection(socket, .inherited, labels: service.labels) } catch {
                throw .environment("the inherited socket: \(error.described)")
            }
            let server = Server(service, reloader, signals, .connected, wakeUp)
            do { try server.serve(connection) } catch { throw .environment("thread: \(error.described)") }
            return server
        }
    }

    private static func warn(_ force: PolicyInForce, _ tell: (String) -> Void) {
        switch force.generation.labelCheck.mode {
        case .enforcing: break
        case .permissive: tell("warning: SELinux is permissive: what it denies is granted, and recorded")
        case .off: tell("warning: no label is checked: `selinux off`, or no SELinux in this kernel")
        }
        let policy = force.generation.policy
        for rule in policy.rules where rule.verb == .learn {
            tell("warning: learning: \(policy.sources.describe(rule.span)) grants what no rule does")
        }
    }

    private static func announce(_ ready: consuming OwnedDescriptor?) throws(Failure) {
        if let ready { try environmentTaking("--ready-fd", ready) }
        try environment("NOTIFY_SOCKET") { () throws(Errno) in
            try ReadyNotification.sendToServiceManager("READY=1")
        }
    }

    private static func environmentTaking(_ what: String, _ ready: consuming OwnedDescriptor) throws(Failure) {
        do { try ReadyNotification.write(to: ready) } catch { throw .environment("\(what): \(error.described)") }
    }
}
