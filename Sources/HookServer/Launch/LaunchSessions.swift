internal import HookLinux
internal import Synchronization
internal import SystemPackage

/// The launchers that are here, and the programs whose notifications are answered: a server that was started for one of
/// them ends with it.
final class Guests: Sendable {
    private let count = Mutex(0)
    private let wakeUp: EndSignal

    init(_ wakeUp: EndSignal) { self.wakeUp = wakeUp }

    var isEmpty: Bool { count.withLock { $0 == 0 } }

    func enter() { count.withLock { $0 += 1 } }

    func leave() {
        count.withLock { $0 -= 1 }
        changed()
    }

    /// Has the main thread look again whether it is needed.
    func changed() { wakeUp.signal() }

    /// Answers a program's notifications on a thread of its own, until it has ended.
    ///
    /// - Throws: errnos of starting a thread.
    func serve(
        _ program: KeptProgram, _ frontEnd: any NotificationFrontEnd, _ service: Service
    ) throws(Errno) {
        enter()
        do {
            try Thread.start { [self] in
                ThisProcess.nameThread("notifications")
                if let taken = program.take() { frontEnd.serve(taken, service) }
                // Of a server that stops the next one takes it over.
                if !service.isStopping { program.forget() }
                leave()
            }
        } catch {
            leave()
            throw error
        }
    }
}
