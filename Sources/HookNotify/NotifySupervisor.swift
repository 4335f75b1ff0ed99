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

    package func makeJournal() throws(Errno) -> OwnedDescriptor { try NotificationJournal.makeMemory() }

    package func serve(_ program: consuming NotifiedProgram, _ service: Service) {
        let coverage: NotifyCoverage = program.coverage == .everyName ? .strict : .managedNames
        let journal: NotificationJournal
        do throws(Errno) {
            if let memory = program.journal.take() {
                journal = try NotificationJournal(taking: memory)
            } else {
                journal = try NotificationJournal()
            }
        } catch {
            // Without a journal nothing is received: the program's calls fail with ENOSYS once the listener is closed.
            return service.reportTrouble("notifications cannot be served: \(error.described)")
        }
        let listener = NotificationListener(taking: program.takeListener())
        listener.wakeOnThisProcessor()
        NotificationPool(listener, journal, coverage, service).serve()
    }
}
