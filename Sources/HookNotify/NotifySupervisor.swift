package import HookLinux
package import HookServer
internal import HookWire
package import SystemPackage

/// Answers the system calls of programs under a `NotifyFilter`: what `openhookd` is made with.
///
/// What a program opens by name is decided as a client's request is. It never goes on by itself with a name that the
/// policy manages; with another name it does, unless the launcher wants every name to be the policy's.
package struct NotifySupervisor: NotificationFrontEnd {
    package init() {}

    package func makeJournal(places: [[UInt8]]) throws(Errno) -> OwnedDescriptor {
        try NotificationJournal.makeMemory(places: places)
    }

    package func serve(_ program: consuming NotifiedProgram, _ service: Service) {
        let coverage: NotifyCoverage = program.coverage == .everyName ? .strict : .managedNames
        var parts = program.takeApart()
        guard let memory = parts.journal.take(), let taken = parts.listener.take() else { return }
        do throws(Errno) {
            let journal = try NotificationJournal(taking: memory)
            let listener = NotificationListener(taking: taken)
            listener.wakeOnThisProcessor()
            try NotificationPool(listener, journal, coverage, service).serve()
        } catch {
            // The program's calls fail with ENOSYS once the listener is closed.
            service.reportTrouble("notifications cannot be served: \(error.described)")
        }
    }
}
