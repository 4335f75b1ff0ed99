internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookWire
internal import SystemPackage

/// The thread that serves one connection: it waits for a request, answers it, and waits for the next.
///
/// When a request outlives its deadline in the kernel, this thread is lost to it; the watchdog starts another one,
/// which answers `ETIMEDOUT` and serves the connection from there on.
struct ConnectionWorker: ~Copyable {
    private let connection: Connection
    private let service: Service
    private let policies: PolicyStore
    private var engine: RequestEngine
    private var admission: ConnectionAdmission
    private var reader: ConnectionReader

    private init(_ connection: Connection, _ service: Service) throws(Errno) {
        self.connection = connection
        self.service = service
        policies = service.policies
        engine = try RequestEngine(service, answering: connection)
        admission = ConnectionAdmission(connection, service, engine.progress)
        reader = ConnectionReader(connection, service)
    }

    /// Serves a connection on a thread of its own, until it ends.
    ///
    /// - Parameter expired: a request to answer with `ETIMEDOUT` first.
    /// - Parameter ended: called on that thread when the connection is over.
    static func start(
        _ connection: Connection, _ service: Service, answering expired: OpenJob? = nil,
        ended: @escaping @Sendable () -> Void
    ) throws(Errno) {
        try Thread.start {
            ThisProcess.nameThread("connection")
            let isOver: Bool
            do {
                var worker = try ConnectionWorker(connection, service)
                isOver = worker.run(answering: expired, ended)
            } catch {
                isOver = true
            }
            guard isOver else { return }
            connection.end()
            service.connections.remove(connection)
            ended()
        }
    }

    /// - Returns: whether the connection is over; not, if another thread has taken it over.
    private mutating func run(answering expired: OpenJob?, _ ended: @escaping @Sendable () -> Void) -> Bool {
        // Whom the policy does not admit is turned away before any request.
        guard admission.admit(by: policies.current) != nil else { return true }
        watch(ended)
        defer { engine.endWatch() }
        if let expired {
            guard case .answered = engine.refuseLate(expired) else { return true }
        }
        while !service.isStopping {
            guard let frame = reader.next(&admission) else { return true }
            switch frame {
            case .unknownCommand(let command):
                engine.pause(at: admission.generation.policy.rate)
                do { try connection.send(Reply.unknownCommand(command)) } catch { return true }
            case .request(let request):
                switch answer(request) {
                case .answered: continue
                case .connectionLost, .mayHang: return true
                case .tooLate: return false
                }
            }
        }
        return true
    }

    /// Another thread takes the connection over with a request that outlived its deadline.
    private func watch(_ ended: @escaping @Sendable () -> Void) {
        let (connection, service) = (connection, service)
        engine.watch { expired in
            do {
                try ConnectionWorker.start(connection, service, answering: expired, ended: ended)
            } catch {
                // No thread is left to answer: then the client sees the end.
                connection.end()
                service.connections.remove(connection)
                ended()
            }
        }
    }

    // MARK: Answering

    private mutating func answer(_ request: ConnectionReader.ReceivedRequest) -> AnswerSequence.Ending {
        let force = policies.current
        guard let asker = admission.admit(by: force) else { return .connectionLost }
        let job = engine.begin(asker, request.flags, reader.name, at: force.generation.policy.rate)
        let ending: AnswerSequence.Ending
        if let nameError = request.nameError {
            ending = engine.refuse(Self.refusal(of: job, nameError), job)
        } else {
            ending = engine.open(job, force.roots)
        }
        engine.finish(ending)
        return ending
    }

    /// Flags come before the name, also before one that was found to be bad when the message was taken apart.
    private static func refusal(of job: OpenJob, _ nameError: Errno) -> Refusal {
        do throws(Refusal) {
            _ = try RequestedFlags(job.flags)
            return Refusal(nameError, at: .name, nameError == .fileNameTooLong ? .nameTooLong : .malformedName)
        } catch {
            return error
        }
    }
}
