package import HookLinux
package import HookWire
package import SystemPackage

/// A program whose system calls are answered by this server: what its launcher handed over, or what the service manager
/// kept while the server was away.
package struct NotifiedProgram: ~Copyable, Sendable {
    /// Where its notifications are read (seccomp_unotify(2)).
    package let listener: OwnedDescriptor
    /// Its first process, as a pidfd.
    package let process: OwnedDescriptor
    package let coverage: LaunchMessage.Coverage
    /// The memory in which a server that has ended noted what it had not answered yet.
    package var journal: OwnedDescriptor?

    package init(
        listener: consuming OwnedDescriptor, process: consuming OwnedDescriptor, coverage: LaunchMessage.Coverage,
        journal: consuming OwnedDescriptor? = nil
    ) {
        self.listener = listener
        self.process = process
        self.coverage = coverage
        self.journal = journal
    }

    /// Gives the listener away; the process is closed.
    package consuming func takeListener() -> OwnedDescriptor { listener }
}

/// Answers notifications: what `openhookd` is made with. This module does not know how that is done.
package protocol NotificationFrontEnd: Sendable {
    /// Memory for a new journal, which outlives this process where the service manager keeps it.
    func makeJournal() throws(Errno) -> OwnedDescriptor

    /// Serves until no process is left that has the program's filter, or until the server stops; on the calling thread.
    /// What went wrong is in the audit trail.
    func serve(_ program: consuming NotifiedProgram, _ service: Service)
}
