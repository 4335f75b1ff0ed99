internal import HookLinux
internal import HookServer
internal import HookWire
internal import SystemPackage

/// The launcher's end of its conversation with a broker.
struct BrokerLink: ~Copyable {
    private let channel: LaunchChannel
    /// The broker, if it was started for this program.
    private let process: DetachedProcess?
    /// What is said of the broker in messages.
    private let name: String

    /// How long a broker may take for an answer, in nanoseconds: its policy's roots may lie on slow file servers.
    private static let patience: Int64 = 120_000_000_000
    private static var deadline: Int64 { KernelClock.monotonic() + patience }

    private init(_ channel: consuming LaunchChannel, _ process: consuming DetachedProcess?, _ name: String) {
        self.channel = channel
        self.process = process
        self.name = name
    }

    // MARK: Making the connection

    /// Starts a broker, with this process's rights. This process must have one thread.
    static func start(_ broker: OwnBroker) throws(LaunchFailure) -> BrokerLink {
        do throws(Errno) {
            let pair = try UnixSocket.pair(.stream)
            // Before any message: the broker wants to know who sends.
            try pair.second.receiveCredentials()
            let process = try DetachedProcess(
                broker.server, arguments(of: broker), environment: environment,
                descriptors: [-1, 2, 2, pair.second.descriptor.number],
                name: SystemPath(text: "the broker for \(broker.policy.text)"),
                loss: "QEMU runs on, and every open that the policy manages is refused from now on")
            return BrokerLink(LaunchChannel(pair.takeFirst()), process, broker.server.text)
        } catch {
            throw .environment("\(broker.server.text) cannot be started: \(error.described)")
        }
    }

    private static func arguments(of broker: OwnBroker) -> [[UInt8]] {
        var words = [Array("openhookd".utf8), Array("--policy".utf8), broker.policy.bytes]
        words += ["--launch-fd", "3"].map { Array($0.utf8) }
        if let audit = broker.audit { words += [Array("--audit".utf8), audit] }
        if let socket = broker.socket { words += [Array("--socket".utf8), socket.bytes] }
        if let seconds = broker.openTimeout { words += ["--open-timeout", "\(seconds)"].map { Array($0.utf8) } }
        if broker.policyWriters == .anyone { words.append(Array("--allow-writable-policy".utf8)) }
        return words
    }

    /// Nothing of the launcher's: it was not started to tell QEMU's service manager anything.
    private static let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "SWIFT_BACKTRACE=enable=no"]
        .map { Array($0.utf8) }

    /// Connects to a broker that runs.
    static func connect(to path: SystemPath) throws(LaunchFailure) -> BrokerLink {
        do throws(Errno) {
            let socket = try UnixSocket(.stream)
            try socket.connect(to: path)
            return BrokerLink(LaunchChannel(socket), nil, path.text)
        } catch {
            throw .environment("no broker can be reached at \(path.text): \(error.described)")
        }
    }

    // MARK: Talking

    /// What the policy wants of a launcher.
    borrowing func terms() throws(LaunchFailure) -> LaunchTerms {
        do throws(LaunchChannel.Failure) {
            try channel.send(.hello(version: LaunchMessage.version), until: Self.deadline)
        } catch {
            // A broker that turns this launcher away does so before it has heard anything: it has said why.
            guard error == .ended else { throw failure(error) }
        }
        guard case .terms(let terms) = try receive() else { throw .environment("\(name): \(Self.odd)") }
        return terms
    }

    /// Hands over where QEMU's system calls are answered.
    borrowing func handOver(
        notifications listener: borrowing OwnedDescriptor, _ coverage: LaunchMessage.Coverage, places: [SystemPath],
        wall: [UInt8]
    ) throws(LaunchFailure) {
        do throws(LaunchChannel.Failure) {
            try channel.send(
                .notifications(coverage, places: places.map(\.bytes), wall: wall), passing: listener,
                until: Self.deadline)
        } catch {
            throw failure(error)
        }
        try awaitReady()
    }

    /// Hands over the server's end of the socket over which QEMU will ask.
    borrowing func handOver(connection: borrowing OwnedDescriptor, wall: [UInt8]) throws(LaunchFailure) {
        do throws(LaunchChannel.Failure) {
            try channel.send(.connection(wall: wall), passing: connection, until: Self.deadline)
        } catch {
            throw failure(error)
        }
        try awaitReady()
    }

    /// Hands over a pidfd of this process: before there is a filter, under which nothing is opened.
    borrowing func introduce(_ plan: LaunchPlan) throws(LaunchFailure) {
        let own: OwnedDescriptor
        do { own = try ProcessHandle(pid: ThisProcess.pid).takeDescriptor() } catch {
            throw .environment("pidfd_open: \(error.described)")
        }
        do throws(LaunchChannel.Failure) {
            try channel.send(.process(brokerPid: brokerPid(plan)), passing: own, until: Self.deadline)
        } catch {
            throw failure(error)
        }
    }

    /// Only a broker that was started for this program notes itself where its launcher says.
    private borrowing func brokerPid(_ plan: LaunchPlan) -> [UInt8] {
        guard case .alone = plan.request.broker else { return [] }
        return plan.places.brokerPid?.bytes ?? []
    }

    private borrowing func awaitReady() throws(LaunchFailure) {
        guard case .ready = try receive() else { throw .environment("\(name): \(Self.odd)") }
    }

    private static let odd = "the broker does not speak this launcher's protocol"

    private borrowing func receive() throws(LaunchFailure) -> LaunchMessage {
        let message: LaunchMessage
        do throws(LaunchChannel.Failure) { message = try channel.receive(until: Self.deadline).message } catch {
            throw failure(error)
        }
        guard case .refused(let status, let reason) = message else { return message }
        let text = "\(name): \(String(decoding: reason, as: UTF8.self))"
        throw status == 2 ? .usage(text) : .environment(text)
    }

    private borrowing func failure(_ error: LaunchChannel.Failure) -> LaunchFailure {
        guard error == .ended else { return .environment("\(name): \(error)") }
        switch process {
        case .none: return .environment("\(name): the broker has closed the channel; its log says why")
        case .some(let process):
            guard let ending = try? process.ending() else { return .environment("\(name): the broker has ended") }
            // What it had to say it has said on standard error.
            if case .exited(let status) = ending, status == 2 || status == 3 { return .said(status: status) }
            return .environment("\(name): the broker has ended: \(ending)")
        }
    }
}
