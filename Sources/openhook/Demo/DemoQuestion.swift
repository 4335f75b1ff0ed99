import HookClient
import HookLinux
import HookWire
import SystemPackage

/// A request that the demo makes, and what must come of it.
struct DemoQuestion {
    let what: String
    /// Relative to the demo's folder.
    let name: String
    let flags: OpenFlags
    /// Nil: the file.
    let expected: Errno?

    static let all = [
        DemoQuestion(what: "a granted image, to write", name: "images/disk.qcow2", flags: .readWrite, expected: nil),
        DemoQuestion(
            what: "a read-only image, to write", name: "images/base/golden.qcow2", flags: .readWrite,
            expected: .permissionDenied),
        DemoQuestion(
            what: "the same, to read", name: "images/base/golden.qcow2", flags: .readOnly, expected: nil),
        DemoQuestion(
            what: "a file outside", name: "outside/secret.qcow2", flags: .readOnly, expected: .permissionDenied),
        DemoQuestion(
            what: "a link that leads there", name: "images/link-to-outside.qcow2", flags: .readWrite,
            expected: .permissionDenied),
        DemoQuestion(
            what: "a snapshot that is missing", name: "images/snapshots/new.qcow2", flags: .readWrite,
            expected: .noSuchFileOrDirectory),
        DemoQuestion(
            what: "the same, to be made", name: "images/snapshots/new.qcow2", flags: [.readWrite, .create],
            expected: nil),
    ]

    /// Asks it.
    ///
    /// - Returns: the errno of the refusal; nil if the file came, and was the one asked for.
    func ask(_ connection: HookConnection, on stage: borrowing DemoStage) throws(Failure) -> Errno? {
        let path = stage.directory.name(name)
        do throws(ClientError) {
            switch try connection.open(name: path.bytes, flags: flags.rawValue, mode: 0o644) {
            case .refused(let errno): return errno
            case .granted(let file):
                guard let came = try? FileStatus.of(file), let there = try? FileStatus.following(path),
                    came.identity == there.identity
                else { return .ioError }
                return nil
            }
        } catch {
            throw Failure(.refused, "openhookd did not answer: \(error)")
        }
    }

    /// The request as a rule of the policy would name it: relative to the images.
    var words: String {
        let access = AccessWord.allCases.first { $0.flags.access == flags.access }
        return "\(access?.rawValue ?? "?") \(name.replacing("images/", with: ""))"
            + (flags.contains(.create) ? " create" : "")
    }
}

/// A question, what was answered, and the record of it.
struct DemoAnswer {
    let question: DemoQuestion
    let errno: Errno?
    let record: AuditLine?

    var isAsExpected: Bool { errno == question.expected && record != nil }

    var word: String { errno.map { $0.name ?? "\($0.rawValue)" } ?? "granted" }
}
