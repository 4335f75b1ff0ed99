internal import HookLinux
internal import HookServer
internal import Synchronization
internal import SystemPackage

/// The threads that answer one program's calls. There is always one that waits for the next call, so that a call which
/// takes long holds no other.
///
/// A call that has been received is answered, whatever this process lacks: where there is no thread for it, by whoever
/// finds that out.
final class NotificationPool: Sendable {
    let listener: NotificationListener
    let journal: NotificationJournal
    let coverage: NotifyCoverage
    let service: Service
    let view = TargetView()
    let names: ManagedNames
    /// The directories that the launcher has made for the program.
    let places: [[UInt8]]

    private struct State {
        var threads = 0
        var waiting = 0
        /// Whether a thread has ever waited for a call.
        var hasBegun = false
        var freeSlots: [Int]
    }
    private let state: Mutex<State>
    /// Advances when a thread has come to wait for calls, or has ended.
    private let changed = EventCount()
    /// Says that nobody may be waiting for calls.
    private let attention: WakeUp

    /// As many calls as are worked on at once.
    private static let mostThreads = 64
    /// So many threads stay although they have nothing to do.
    private static let mostWaiting = 3
    /// How long to wait, in milliseconds, before a thread is tried again that could not be had.
    private static let rest: Int32 = 1000

    init(
        _ listener: NotificationListener, _ journal: NotificationJournal, _ coverage: NotifyCoverage,
        _ service: Service
    ) throws(Errno) {
        attention = try WakeUp()
        places = try journal.places()
        self.listener = listener
        self.journal = journal
        self.coverage = coverage
        self.service = service
        names = ManagedNames(coverage)
        state = Mutex(State(freeSlots: Array((0..<NotificationJournal.slots).reversed())))
    }

    /// Answers calls until no process is left under the filter: first those that another broker has received and not
    /// answered.
    ///
    /// - Throws: `EAGAIN` if not even one thread could be had. What waits then will find the listener closed.
    func serve() throws(Errno) {
        for slot in takeOver() { start(.taken(slot)) }
        start(.waits)
        guard begins() else { throw .resourceTemporarilyUnavailable }
        while true {
            var events = [Readiness(ofEndOf: listener.descriptor.number), Readiness(of: attention.descriptor.number)]
            _ = try Polling.wait(&events, milliseconds: nil)
            if events[0].isReady { return }
            attention.clear()
            // Those who wait are left to the server that takes over from one which ends.
            while needsReceiver, !service.acceptsNoMore {
                start(.waits)
                if try listener.isAbandoned(milliseconds: Self.rest) { return }
            }
        }
    }

    /// Waits until a thread waits for calls; false if none is left that could.
    private func begins() -> Bool {
        while true {
            let seen = changed.value
            let (hasBegun, threads) = state.withLock { ($0.hasBegun, $0.threads) }
            if hasBegun || threads == 0 { return hasBegun }
            changed.wait(while: seen, until: nil)
        }
    }

    private var needsReceiver: Bool { state.withLock { $0.waiting == 0 && $0.threads < Self.mostThreads } }

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
        guard let slot else { return refuse(beginning, .resourceTemporarilyUnavailable) }
        state.withLock { $0.threads += 1 }
        do {
            try Thread.start { [self] in
                ThisProcess.nameThread("notified")
                NotificationWorker.run(self, slot: slot, beginning)
                end(slot)
            }
        } catch {
            refuse(beginning, error)
            end(slot)
        }
    }

    private func end(_ slot: Int) {
        let nobodyWaits = state.withLock { state in
            state.threads -= 1
            // It stays taken if its call has not been answered: that is for the next server.
            if journal.notification(in: slot) == nil { state.freeSlots.append(slot) }
            return state.waiting == 0
        }
        changed.advance()
        if nobodyWaits { attention.signal() }
    }

    /// A request outlived its deadline: another thread answers it. Called on the watchdog's thread.
    func replace(_ expired: ExpiredRequest) { start(.expired(expired)) }

    /// Answers what was meant for a thread that cannot work: no descriptors, no memory.
    func refuse(_ beginning: Beginning, _ errno: Errno) {
        switch beginning {
        case .waits: break
        case .taken(let slot):
            guard let call = journal.notification(in: slot) else { return }
            try? listener.refuse(call.id, errno)
            if !listener.isWaiting(call.id) { journal.clear(slot) }
        case .expired(let request): request.refuseUnrecorded()
        }
    }

    // MARK: Receiving

    /// Waits for the next call.
    ///
    /// - Returns: `nil` if the thread is not needed any more.
    func receive(into slot: Int) -> Notification? {
        let stays = state.withLock { state in
            guard state.waiting < Self.mostWaiting else { return false }
            state.waiting += 1
            state.hasBegun = true
            return true
        }
        guard stays else { return nil }
        changed.advance()
        let call = awaitCall(slot)
        let isAlone = state.withLock { state in
            state.waiting -= 1
            return state.waiting == 0 && state.threads < Self.mostThreads
        }
        guard let call else { return nil }
        if isAlone { start(.waits) }
        // Whoever takes over from a server that ends finds it in the journal.
        return service.acceptsNoMore ? nil : call
    }

    private func awaitCall(_ slot: Int) -> Notification? {
        do throws(Errno) {
            while true {
                if let call = try listener.receive(into: journal, slot: slot) { return call }
                if try listener.isAbandoned(milliseconds: 0) { return nil }
            }
        } catch {
            return nil
        }
    }
}
