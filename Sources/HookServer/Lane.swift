internal import HookLinux
internal import Synchronization
internal import SystemPackage

/// A thread apart, which does the steps of a request that may hang, and whoever waits for it.
///
/// What a step needs and what it gives are values in shared memory; a byte over the socket says that they are there.
/// The descriptors stay with the thread. Only the client's socket goes over, when all is done but the sending.
final class Lane: Sendable {
    enum Step: Sendable {
        case decide(OpenJob)
        case create(OpenJob, ObjectFacts)
        case truncate
        case examine(OpenJob)
        case change(OpenJob)
        /// What the answer goes through comes with the byte.
        case send(any FileDelivery)
        case drop
    }

    enum Outcome: Sendable {
        case decided(Decided, DecidedNames)
        case created(FileStatus?)
        case examined(Examined, DecidedNames)
        case done
        case refused(Refusal, DecidedNames)
        case sent(Errno?)
    }

    /// What both sides see. It holds no descriptor: the thread may be the last to hold it.
    private final class Shared: Sendable {
        let step = Mutex<Step?>(nil)
        let outcome = Mutex<Outcome?>(nil)
        /// Set by the thread once nothing is in hand and nothing of the last request can hang it any more.
        let isIdle = Atomic<Bool>(true)
        let meeting = Atomic<Meeting>(.working)
        /// Beneath which root it hung when it was given up.
        let gaveUpOn = Mutex<SystemPath?>(nil)
    }

    /// Who came first to the end of a step: the thread with its outcome, or the deadline.
    private enum Meeting: UInt8, AtomicRepresentable {
        case working, finished, givenUp
    }

    private let shared = Shared()
    private let socket: UnixSocket

    /// - Parameter make: makes the opener on the thread, where its descriptors belong.
    init(_ stuck: CountByRoot, _ make: @escaping @Sendable () throws(Errno) -> DirectOpener) throws(Errno) {
        let shared = shared
        socket = try SeparateThread.start { socket in
            ThisProcess.nameThread("lane")
            do {
                var opener = try make()
                try Self.serve(socket, shared, stuck, &opener)
            } catch {
                // Without /proc nothing can be decided here: whoever waits sees the end of the socket.
            }
        }
    }

    /// Takes the lane for a request.
    ///
    /// - Returns: whether it was free.
    func take() -> Bool {
        shared.isIdle.exchange(false, ordering: .acquiringAndReleasing)
    }

    /// Has a step done, and waits for it.
    ///
    /// - Parameter deadline: of the monotonic clock, in nanoseconds.
    /// - Returns: `nil` if the step is not done at the deadline. Then `giveUp` or another wait must follow.
    func run(_ step: Step, passing conduit: CInt? = nil, until deadline: Int64?) throws(Errno) -> Outcome? {
        shared.meeting.store(.working, ordering: .releasing)
        shared.step.withLock { $0 = step }
        let byte: InlineArray<1, UInt8> = [1]
        if let conduit {
            _ = try socket.send(byte.span, passing: conduit)
        } else {
            _ = try socket.send(byte.span)
        }
        if let deadline, try !isDone(by: deadline) { return nil }
        return try outcome()
    }

    /// Leaves the thread to itself, at the deadline of a step beneath a root.
    ///
    /// - Returns: the outcome, if it came at this very moment; else the lane is lost.
    func giveUp(on root: SystemPath?, _ stuck: CountByRoot) throws(Errno) -> Outcome? {
        shared.gaveUpOn.withLock { $0 = root }
        if let root { stuck.add(beneath: root) }
        guard shared.meeting.exchange(.givenUp, ordering: .acquiringAndReleasing) == .finished else { return nil }
        if let root { stuck.remove(beneath: root) }
        return try outcome()
    }

    private func isDone(by deadline: Int64) throws(Errno) -> Bool {
        while true {
            let left = deadline - KernelClock.monotonic()
            guard left > 0 else { return false }
            let milliseconds = Int32(truncatingIfNeeded: min((left + 999_999) / 1_000_000, 1_000_000))
            if try Polling.wait(for: socket.descriptor.number, milliseconds: milliseconds) { return true }
        }
    }

    private func outcome() throws(Errno) -> Outcome {
        var room = InlineArray<1, UInt8>(repeating: 0)
        var span = room.mutableSpan
        guard try socket.receive(into: &span).count == 1, let outcome = shared.outcome.withLock({ $0.take() }) else {
            throw .ioError
        }
        return outcome
    }

    /// Lets the thread close what it has in hand, which may hang: nobody waits for that.
    func finish() {
        shared.step.withLock { $0 = .drop }
        let byte: InlineArray<1, UInt8> = [1]
        _ = try? socket.send(byte.span)
    }

    // MARK: On the thread

    private static func serve(
        _ socket: borrowing UnixSocket, _ shared: Shared, _ stuck: CountByRoot, _ opener: inout DirectOpener
    ) throws(Errno) {
        var room = InlineArray<1, UInt8>(repeating: 0)
        while true {
            var span = room.mutableSpan
            var message = try socket.receiveWithDescriptor(into: &span)
            guard message.count == 1, let step = shared.step.withLock({ $0.take() }) else { return }
            if case .drop = step {
                opener.drop()
                shared.isIdle.store(true, ordering: .releasing)
                continue
            }
            let outcome = perform(step, &opener, conduit: message.descriptor.take())
            shared.outcome.withLock { $0 = outcome }
            if shared.meeting.exchange(.finished, ordering: .acquiringAndReleasing) == .givenUp {
                if let root = shared.gaveUpOn.withLock({ $0 }) { stuck.remove(beneath: root) }
                return
            }
            _ = try socket.send(room.span)
        }
    }

    private static func perform(
        _ step: Step, _ opener: inout DirectOpener, conduit: consuming OwnedDescriptor?
    ) -> Outcome {
        do throws(Refusal) {
            switch step {
            case .decide(let job): return .decided(try opener.decide(job), opener.names)
            case .create(let job, let facts): return .created(try opener.create(job, facts))
            case .truncate:
                try opener.truncate()
                return .done
            case .send(let delivery): return .sent(send(delivery, &opener, conduit))
            case .examine(let job): return .examined(try opener.examine(job), opener.names)
            case .change(let job):
                try opener.change(job)
                return .done
            case .drop: return .done
            }
        } catch {
            return .refused(error, opener.names)
        }
    }

    private static func send(
        _ delivery: any FileDelivery, _ opener: inout DirectOpener, _ conduit: consuming OwnedDescriptor?
    ) -> Errno? {
        guard let conduit else { return .badFileDescriptor }
        do { try opener.send(delivery, through: conduit.number) } catch { return error }
        return nil
    }
}
