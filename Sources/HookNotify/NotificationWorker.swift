internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import HookServer
internal import SystemPackage

/// A thread that answers one call after another.
final class NotificationWorker {
    private let pool: NotificationPool
    private let slot: Int
    private let requests: RequestWorker

    private init(_ pool: NotificationPool, slot: Int) throws(Errno) {
        self.pool = pool
        self.slot = slot
        requests = try RequestWorker(pool.service) { expired in pool.replace(expired) }
    }

    /// Works on the calling thread until it is not needed any more.
    static func run(_ pool: NotificationPool, slot: Int, _ beginning: NotificationPool.Beginning) {
        let worker: NotificationWorker
        do { worker = try NotificationWorker(pool, slot: slot) } catch {
            return pool.refuse(beginning, error)
        }
        switch beginning {
        case .waits: break
        case .expired(let request): worker.requests.answer(request)
        case .taken(let slot):
            guard let call = pool.journal.notification(in: slot) else { break }
            guard worker.answer(call) else { return }
        }
        while let call = pool.receive(into: slot) {
            guard worker.answer(call) else { return }
        }
    }

    /// - Returns: whether this thread goes on; not, if the call was taken from it.
    private func answer(_ call: Notification) -> Bool {
        let ending: RequestWorker.Ending
        do throws(Errno) { ending = try handle(call) } catch {
            // The thread that asked has gone, or its memory is not what it should be.
            try? pool.listener.refuse(call.id, error)
            ending = .answered
        }
        pool.journal.clear(slot)
        if case .tooLate = ending { return false }
        return true
    }

    /// - Throws: the errno of a call that is no request.
    private func handle(_ call: Notification) throws(Errno) -> RequestWorker.Ending {
        // A thread that this process cannot see, in another pid namespace.
        guard call.thread > 0 else { throw .notPermitted }
        let target = TargetThread(thread: call.thread)
        let policy = pool.service.generation.policy
        let own = OwnDirectories(policy, pool.places)
        let disposition = try CallReader(call, target, pool.names, policy, own).disposition()
        // Only now is it known that what was read is that thread's: its number may have come to mean another one.
        guard pool.listener.isWaiting(call.id) else { return .answered }
        switch disposition {
        case .continueCall:
            try pool.listener.continueCall(call.id)
            return .answered
        case .fail(let errno): throw errno
        case .named(let request, let destination):
            let subject = try subject(target, call)
            let channel = NotificationChannel(pool.listener, call.id, target, destination)
            guard let elsewhere = elsewhere(target, request, call) else {
                return requests.answer(request, from: subject, to: channel)
            }
            return requests.answer(request, from: subject, to: channel) { () throws(Refusal) in throw elsewhere }
        case .descriptorStatus(let number, let form, let destination):
            let channel = NotificationChannel(pool.listener, call.id, target, destination)
            let request = NamedRequest(.status(form, .followed), name: target.entry("fd/\(number)").bytes)
            return requests.answer(request, from: try subject(target, call), to: channel) {
                () throws(Refusal) in try DescriptorStatus.read(target, number, form)
            }
        case .socket(let socketCall):
            let channel = NotificationChannel(pool.listener, call.id, target, .result)
            return requests.answer(socketCall.request, from: try subject(target, call), to: channel) {
                () throws(Refusal) in
                try socketCall.make(in: own) { self.pool.listener.isWaiting(call.id) }
            }
        case .removal(let removal):
            let channel = NotificationChannel(pool.listener, call.id, target, .result)
            let request = NamedRequest(.unlink, name: removal.path)
            return requests.answer(request, from: try subject(target, call), to: channel) {
                () throws(Refusal) in
                try removal.make(in: own) { self.pool.listener.isWaiting(call.id) }
            }
        }
    }

    /// Why a name cannot be taken as the program means it.
    private func elsewhere(_ target: TargetThread, _ request: NamedRequest, _ call: Notification) -> Refusal? {
        do throws(Errno) {
            return try pool.view.difference(of: target, request.name, pool.service.generation.policy) {
                pool.listener.isWaiting(call.id)
            }
        } catch {
            return .kernel(error)
        }
    }

    /// Who asks: read between two looks at whether the call still waits.
    private func subject(_ target: TargetThread, _ call: Notification) throws(Errno) -> RequestSubject {
        let folder = try FileStatus.named(target.folder)
        let label: Result<PeerContext, Errno> =
            pool.service.readsLabels ? target.label() : .success(.unlabelled(because: .invalidArgument))
        guard pool.listener.isWaiting(call.id) else { throw .noSuchProcess }
        return RequestSubject(
            PeerCredentials(pid: target.thread, uid: folder.owner, gid: folder.group), label: label)
    }
}

extension TargetThread {
    /// Its folder in `/proc`, which belongs to its effective user (proc(5)).
    var folder: SystemPath { SystemPath(text: "/proc/\(thread)") }

    /// The label of the process. `/proc/pid/attr/current`.
    fileprivate func label() -> Result<PeerContext, Errno> {
        do throws(Errno) {
            let bytes = try SmallFile.read(entry("attr/current"), limit: 4096).filter { $0 != 0 && $0 != 0x0a }
            if bytes.isEmpty { return .success(.unlabelled(because: nil)) }
            return .success(SecurityContext(validating: bytes).map(PeerContext.labelled) ?? .foreign(bytes))
        } catch {
            let meansNone = PeerContext.noLabel.contains { $0.errno == error }
            return meansNone ? .success(.unlabelled(because: error)) : .failure(error)
        }
    }
}
