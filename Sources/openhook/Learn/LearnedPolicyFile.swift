import HookLinux
import HookPolicy
import SystemPackage

/// Where a changed policy goes.
struct LearnedPolicyFile {
    /// What was written, and where the old file is now.
    struct Written {
        let file: [UInt8]
        let kept: [UInt8]?
    }

    private let policy: FileName
    private let output: FileName?

    /// - Parameter output: a file that must not exist; nil: in the place of the policy.
    init(_ policy: FileName, _ output: FileName?) {
        self.policy = policy
        self.output = output
    }

    /// Before anybody is asked for anything: what stands in the way of the output would do so afterwards as well.
    ///
    /// - Throws: `Failure` if there is something.
    func checkPlace() throws {
        guard let output, (try? FileStatus.named(output.path())) != nil else { return }
        throw Self.taken(output)
    }

    private static func taken(_ output: FileName) -> Failure {
        Failure(.environment, output, "it is there already: name a file that is not, or move that one away")
    }

    func write(_ text: [UInt8], insteadOf old: Policy) throws -> Written {
        if let output {
            let path = try output.path()
            do throws(Errno) { try ReplacedFile.make(path, mode: 0o600, with: text) } catch .fileExists {
                throw Self.taken(output)
            } catch {
                throw Failure(.environment, output, error.described)
            }
            return Written(file: output.bytes, kept: nil)
        }
        do throws(Errno) {
            let path = try policy.realPath()
            let file = try SmallFile.readWithStatus(path, limit: 4 << 20)
            guard file.bytes == old.sources.files[0].bytes else {
                throw Errno.staleNFSFileHandle
            }
            let kept = try ReplacedFile.replace(path, file.status, with: text)
            return Written(file: path.bytes, kept: kept.bytes)
        } catch .staleNFSFileHandle {
            throw Failure(
                .environment, policy, as: .policy, "it has been changed meanwhile: nothing is written, run it again")
        } catch {
            throw Failure(.environment, policy, as: .policy, error.described)
        }
    }
}
