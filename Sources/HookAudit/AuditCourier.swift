internal import HookLinux
internal import Synchronization
package import SystemPackage

/// Sends messages to the kernel's audit subsystem from a thread of its own: a send may wait for as long as the kernel's
/// backlog is full, and no answer to a client may wait for that without an end.
package final class AuditCourier: Sendable {
    private struct Parcel: Sendable {
        let message: AuditMessage
        /// Who waits for it; nil for nobody.
        let receipt: Receipt?
    }

    /// What became of one message.
    private final class Receipt: Sendable {
        enum State { case awaited, abandoned, settled(Result<Void, Errno>) }
        let state = Mutex(State.awaited)
        let settled = EventCount()
    }

    private struct Office {
        var parcels: [Parcel] = []
        /// When the message at hand was taken to the kernel, on the monotonic clock; nil between two of them.
        var sendingSince: Int64?
        var isClosed = false

        /// Until when a message that comes now is waited for. Nobody waits behind one that the kernel has not taken for
        /// that long; as soon as it does, the next ones are waited for again.
        func deadline(now: Int64, longestWait: Int64) -> Int64 {
            if let sendingSince, now &- sendingSince >= longestWait { return now }
            return now + longestWait
        }
    }

    /// Messages that wait at most.
    package static let mostWaiting = 256
    /// How long the end of the server waits for what is still to be sent.
    private static let longestFarewell: Int64 = 1_000_000_000

    private let kernel: any KernelAudit
    private let office = Mutex(Office())
    private let arrivals = EventCount()
    private let departures = EventCount()
    private let longestWait: Int64

    /// - Parameter longestWait: how long a message is waited for, in nanoseconds, as long as messages get through at all.
    package init(_ kernel: any KernelAudit, longestWait: Int64 = 5_000_000_000) {
        self.kernel = kernel
        self.longestWait = longestWait
    }

    /// Starts the thread. `pthread_create(3)`.
    package func start() throws(Errno) {
        try Thread.start { [self] in
            ThisProcess.nameThread("audit")
            work()
        }
    }

    /// Sends a message when that can be, and waits for nothing.
    ///
    /// - Returns: false if too many wait already: then it is lost.
    @discardableResult
    package func post(_ message: AuditMessage) -> Bool { enqueue(Parcel(message: message, receipt: nil)) != nil }

    /// Sends a message, and waits until the kernel has it and is going to keep it.
    ///
    /// - Throws: `ENOTSUP` if auditing is switched off, so that the kernel would drop the message; `ETIMEDOUT` if the
    ///   kernel did not take it in time; the errnos of `KernelAudit`.
    package func deliver(_ message: AuditMessage) throws(Errno) {
        let receipt = Receipt()
        guard let deadline = enqueue(Parcel(message: message, receipt: receipt)) else { throw .timedOut }
        while true {
            let seen = receipt.settled.value
            if case .settled(let result) = receipt.state.withLock({ $0 }) { return try result.get() }
            guard KernelClock.monotonic() < deadline else { break }
            receipt.settled.wait(while: seen, until: deadline)
        }
        let result = receipt.state.withLock { state -> Result<Void, Errno> in
            if case .settled(let result) = state { return result }
            state = .abandoned
            return .failure(.timedOut)
        }
        try result.get()
    }

    /// Sends what is waiting, for a second at most. Later messages are lost.
    package func close() {
        office.withLock { $0.isClosed = true }
        arrivals.advance()
        let deadline = KernelClock.monotonic() + Self.longestFarewell
        while KernelClock.monotonic() < deadline {
            let seen = departures.value
            if office.withLock({ $0.parcels.isEmpty && $0.sendingSince == nil }) { return }
            departures.wait(while: seen, until: deadline)
        }
    }

    /// - Returns: until when it may be waited for; nil if too many wait already.
    private func enqueue(_ parcel: Parcel) -> Int64? {
        let now = KernelClock.monotonic()
        let deadline = office.withLock { office -> Int64? in
            guard !office.isClosed, office.parcels.count < Self.mostWaiting else { return nil }
            office.parcels.append(parcel)
            return office.deadline(now: now, longestWait: longestWait)
        }
        if deadline != nil { arrivals.advance() }
        return deadline
    }

    private func work() {
        while true {
            let seen = arrivals.value
            let (next, isClosed) = office.withLock { office -> (Parcel?, Bool) in
                guard !office.parcels.isEmpty else { return (nil, office.isClosed) }
                office.sendingSince = KernelClock.monotonic()
                return (office.parcels.removeFirst(), false)
            }
            if let next {
                send(next)
                office.withLock { $0.sendingSince = nil }
                departures.advance()
            } else if isClosed {
                return
            } else {
                arrivals.wait(while: seen, until: nil)
            }
        }
    }

    private func send(_ parcel: Parcel) {
        guard let receipt = parcel.receipt else {
            // Nothing hangs on it: what it says is in the server's own records too.
            try? kernel.send(parcel.message)
            return
        }
        // Its request has been refused: what it says will not happen.
        if case .abandoned = receipt.state.withLock({ $0 }) { return }
        let result: Result<Void, Errno>
        do throws(Errno) {
            guard try kernel.isEnabled() else { throw .notSupported }
            result = .success(try kernel.send(parcel.message))
        } catch {
            result = .failure(error)
        }
        receipt.state.withLock { $0 = .settled(result) }
        receipt.settled.advance()
    }
}
