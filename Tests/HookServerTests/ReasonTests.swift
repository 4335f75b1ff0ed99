import HookAudit
import SystemPackage
import Testing

@testable import HookServer

/// What an admin is told of the refusals that need no policy to be told.
struct ReasonTests {
    @Test(arguments: [
        (Errno.noSpace, "ENOSPC (No space left on device)"), (.timedOut, "ETIMEDOUT (Connection timed out)"),
        (.notSupported, "EOPNOTSUPP (Operation not supported)"),
    ])
    func `a record that cannot be kept is EIO to the client, and its own errno to the admin`(
        errno: Errno, words: String
    ) throws {
        do throws(Refusal) {
            try AnswerSequence.audited { () throws(Errno) in throw errno }
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.errno == .ioError)
            #expect(error.stage == .audit)
            #expect(error.words == "the audit record cannot be written: \(words)")
        }
    }

    @Test func `opens that hang, opens that are going on, and a thread that is not to be had are told apart`() {
        #expect(
            Refusal(.timedOut, at: .deadline, .tooManyStuck).words == "8 opens beneath this root hang already")
        #expect(
            Refusal(.timedOut, at: .deadline, .tooManyLanes).words
                == "192 opens of files that may hang are going on already")
        #expect(
            Refusal(.tooManyOpenFiles, at: .resolve, .noLane).words
                == "no thread can be started for a file that may hang: EMFILE (Too many open files)")
    }
}
