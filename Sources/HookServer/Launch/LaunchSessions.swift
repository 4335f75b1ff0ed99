internal import HookLinux
internal import Synchronization
internal import SystemPackage

/// The launchers that are here, and the programs whose notifications are answered: a server that was started for one of
/// them ends with it.
final class LaunchSessions: Sendable {
    /// A VM is launched by one at a time; each has a thread.
    static let mostLaunchers = 8

    private struct Counts {
        var launchers = 0
        var programs = 0
    }
    private let counts = Mutex(Counts())
    private let wakeUp: EndSignal
    /// Where it is said that this server serves.
    private let pidFile = Mutex<PidFile?>(nil)

    init(_ wakeUp: EndSignal) { self.wakeUp = wakeUp }

    var isEmpty: Bool { counts.withLock { $0.launchers == 0 && $0.programs == 0 } }

    /// - Returns: whether there is room for another launcher. It leaves by ``launcherHasLeft()``.
    func admitLauncher() -> Bool {
        counts.withLock { counts in
            guard counts.launchers < Self.mostLaunchers else { return false }
            counts.launchers += 1
            return true
        }
    }

    func launcherHasLeft() {
        counts.withLock { $0.launchers -= 1 }
        changed()
    }

    /// Says in a file which process serves, until ``stopNoting()``. Without it the server is found in other ways: that
    /// another server holds the file, or that it cannot be made, keeps nothing from being served.
    func note(_ path: SystemPath) {
        guard let made = try? PidFile(at: path) else { return }
        pidFile.withLock { $0 = made }
    }

    func stopNoting() { pidFile.withLock { $0 = nil } }

    /// Has the main thread look again whether it is needed.
    func changed() { wakeUp.signal() }

    /// Answers a program's notifications on a thread of its own, until it has ended.
    ///
    /// - Throws: errnos of starting a thread.
    func serve(
        _ program: KeptProgram, _ frontEnd: any NotificationFrontEnd, _ service: Service
    ) throws(Errno) {
        counts.withLock { $0.programs += 1 }
        do {
            try Thread.start { [self] in
                ThisProcess.nameThread("notifications")
                if let taken = program.take() { frontEnd.serve(taken, service) }
                // Of a server that stops the next one takes it over.
                if !service.isStopping { program.forget() }
                programHasEnded()
            }
        } catch {
            programHasEnded()
            throw error
        }
    }

    private func programHasEnded() {
        counts.withLock { $0.programs -= 1 }
        changed()
    }
}
