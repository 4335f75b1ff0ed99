import ArgumentParser

/// What the verbs end with. Each says in its help what they mean there.
enum ExitStatus: Int32 {
    case good = 0
    /// The answer is no.
    case refused = 1
    /// Wrong usage, or a text that is not what it should be; a policy also if it cannot be read: as in openhookd.
    case usage = 2
    /// Something outside of this command is missing: a file that can be read or written, a process, a server.
    case environment = 3
    /// Reading or writing of what was opened failed.
    case inputOutput = 4
}

extension ParsableCommand {
    /// Ends the verb with a status, all being said.
    func end(_ status: ExitStatus) throws {
        if status != .good { throw ExitCode(status.rawValue) }
    }
}
