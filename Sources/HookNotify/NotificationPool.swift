internal import HookLinux
internal import HookServer
internal import Synchronization
internal import SystemPackage

/// The threads that answer one program's calls. There is always one that waits for the next call, so that a call which
/// takes long holds no other.
final class NotificationPool: Sendable {
    let listener: NotificationListener
    let journal: NotificationJournal
    let coverage: NotifyCoverage
    let service: Service
    let view = TargetView()
    let names: ManagedNames

    private struct State {
        var threads = 0
        var waiting = 0
        var freeSlots: [Int]
    }
    private let state: Mutex<State>

    /// As many calls as are worked on at once.
    private static let mostThreads = 64
    /// So many threads stay although they have nothing to do.
    private static let mostWaiting = 3

    init(
        _ listener: NotificationListener, _ journal: NotificationJournal, _ coverage: NotifyCoverage,
        _ service: Service
    ) {
        self.listener = listener
        self.journal = journal
        self.coverage = coverage
        self.service = service
        names = ManagedNames(coverage)
        state = Mutex(State(freeSlots: Array((0..<NotificationJournal.slots).reversed())))
    }

    /// Answers calls until no process is left under the filter: first those that another broker has received and not
    /// answered.
    func serve() {
        for slot in takeOver() { start(.taken(slot)) }
        start(.waits)
        // Not even one thread: then what waits will find the listener closed.
        guard state.withLock({ $0.threads > 0 }) else { return }
        while (try? listener.isAbandoned(milliseconds: -1)) == false {}
    }

    /// The slots of calls in flight, which are no longer free.
    private func takeOver() -> [Int] {
        let held = (0..<NotificationJournal.slots).filter { slot in
            guard let call = journal.notification(in: slot) else { return false }
            return listener.isWaiting(call.id)
        }
        state.withLock { $0.freeSlots.removeAll { held.contains($0) } }
        return held
    }

    // MARK: Threads

    /// With what a thread begins.
    enum Beginning: Sendable {
        case waits
        /// A call in the journal.
        case taken(Int)
        /// A request that another thread could not answer in time.
        case expired(ExpiredRequest)
    }

    private func start(_ beginning: Beginning) {
        let slot: Int? =
            switch beginning {
            case .taken(let slot): slot
            case .waits, .expired: state.withLock { $0.freeSlots.popLast() }
            }
        guard let slot else { return }
        state.withLock { $0.threads += 1 }
        do {
            try Thread.start { [self] in
                ThisProcess.nameThread("notified")
                NotificationWorker.run(self, slot: slot, beginning)
                // Not `leave`: the slot stays taken, if its call has not been answered.
                state.withLock { state in
                    state.threads -= 1
                    if journal.notification(in: slot) == nil { state.freeSlots.append(slot) }
                }
            }
        } catch {
            state.withLock { state in
                state.threads -= 1
                state.freeSlots.append(slot)
            }
        }
    }

    /// A request outlived its deadline: another thread answers it. Called on the watchdog's thread.
    func replace(_ expired: ExpiredRequest) { start(.expired(expired)) }

    /// Waits for the next call.
    ///
    /// - Returns: `nil` if the thread is not needed any more.
    func receive(into slot: Int) -> Notification? {
        let stays = state.withLock { state in
            guard state.waiting < Self.mostWaiting else { return false }
            state.waiting += 1
            return true
        }
        guard stays else { return nil }
        while true {
            do throws(Errno) {
                guard let call = try listener.receive(into: journal, slot: slot) else {
                    if try listener.isAbandoned(milliseconds: 0) { return nil }
                    continue
                }
                let isAlone = state.withLock { state in
                    state.waiting -= 1
                    return state.waiting == 0 && state.threads < Self.mostThreads
                }
                if isAlone { start(.waits) }
                // Whoever takes over from a server that ends finds it in the journal.
                return service.acceptsNoMore ? nil : call
            } catch {
                state.withLock { $0.waiting -= 1 }
                return nil
            }
        }
    }
}
