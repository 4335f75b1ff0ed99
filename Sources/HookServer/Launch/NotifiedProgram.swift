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
    /// The memory in which a server notes what it has not answered yet.
    package let journal: OwnedDescriptor

    package init(
        listener: consuming OwnedDescriptor, process: consuming OwnedDescriptor, coverage: LaunchMessage.Coverage,
        journal: consuming OwnedDescriptor
    ) {
        self.listener = listener
        self.process = process
        self.coverage = coverage
        self.journal = journal
    }

    /// What it takes to answer; the process is closed.
    package consuming func takeApart() -> Parts { Parts(listener: listener, journal: journal) }

    package struct Parts: ~Copyable {
        package var listener: OwnedDescriptor?
        package var journal: OwnedDescriptor?
    }
}

/// Answers notifications: what `openhookd` is made with. This module does not know how that is done.
package protocol NotificationFrontEnd: Sendable {
    /// Memory for a new journal, which outlives this process where the service manager keeps it.
    ///
    /// - Parameter places: the directories that are the program's own, beside those that the policy names.
    func makeJournal(places: [[UInt8]]) throws(Errno) -> OwnedDescriptor

    /// Serves until no process is left that has the program's filter, or until the server stops; on the calling thread.
    /// What went wrong is in the audit trail.
    func serve(_ program: consuming NotifiedProgram, _ service: Service)
}
