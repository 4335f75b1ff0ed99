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
        do throws(Errno) {
            let journal = try Self.journal(program.journal.take())
            let listener = NotificationListener(taking: program.takeListener())
            listener.wakeOnThisProcessor()
            try NotificationPool(listener, journal, coverage, service).serve()
        } catch {
            // The program's calls fail with ENOSYS once the listener is closed.
            service.reportTrouble("notifications cannot be served: \(error.described)")
        }
    }

    private static func journal(_ memory: consuming OwnedDescriptor?) throws(Errno) -> NotificationJournal {
        if let memory { return try NotificationJournal(taking: memory) }
        return try NotificationJournal()
    }
}
