import ArgumentParser

/// What the verbs end with. Each says in its help what they mean there.
enum ExitStatus: Int32 {
    case good = 0
    /// The answer is no.
    case refused = 1
    /// Wrong usage, or a policy with errors: as in openhookd.
    case usage = 2
    /// Something outside of this command is missing.
    case environment = 3
    /// Reading or writing of what was opened failed.
    case inputOutput = 4
}

/// Why a verb could not do its work: said on standard error, with what to do next.
struct Failure: Error {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}

extension ParsableCommand {
    /// Ends the verb with a status, all being said.
    func end(_ status: ExitStatus) throws {
        if status != .good { throw ExitCode(status.rawValue) }
    }
}
