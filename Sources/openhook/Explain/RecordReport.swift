import HookLinux
import HookPolicy
import HookServer
import HookWire
import SystemPackage

/// What `openhook explain --record` says.
struct RecordReport {
    enum Form { case text, json }

    private let lines: [[UInt8]]
    private let policy: Policy?

    /// - Throws: `Failure` if the file cannot be read.
    init(_ file: FileName, policy: Policy?) throws {
        self.policy = policy
        let bytes: [UInt8]
        do throws(Errno) { bytes = try Self.read(file) } catch {
            throw Failure(.environment, "\(file.shown): \(error.described)")
        }
        lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
        if lines.isEmpty { throw Failure(.usage, "\(file.shown): there is no record in it") }
    }

    private static let longest = 64 << 20

    private static func read(_ file: FileName) throws(Errno) -> [UInt8] {
        guard file.bytes == Array("-".utf8) else {
            let path: SystemPath
            do { path = try file.path() } catch { throw .invalidArgument }
            return try SmallFile.read(path, limit: longest)
        }
        return try StandardInput.read(limit: longest)
    }

    /// - Throws: `Failure` at the first line that is no record; those before it have been told.
    func print(_ form: Form) throws {
        for (index, line) in lines.enumerated() {
            let story: RecordStory
            do throws(RecordStory.NoRecord) { story = try RecordStory(line) } catch {
                throw Failure(.usage, "line \(index + 1) is no audit record: \(error.reason)")
            }
            switch form {
            case .json:
                var fields = [JSONField("story", .array(story.sentences.map(JSONValue.text)))]
                if let now = now(story) { fields.append(JSONField("now", now.json)) }
                JSONValue.object(fields).print()
            case .text:
                var text = Page.wrap(story.sentences.joined(separator: " "), width: Page.standard.columns)
                    .joined(separator: "\n")
                if let now = now(story) { text += "\n\nThis policy says now:\n" + now.text(on: .standard) }
                StandardStream.output.write((index == 0 ? "" : "\n") + text + (text.hasSuffix("\n") ? "" : "\n"))
            }
        }
    }

    /// What the policy says to the request now.
    private func now(_ story: RecordStory) -> ExplainReport? {
        guard let policy, let request = story.request, let flags = try? OpenFlags(parsing: request.flags) else {
            return nil
        }
        let question = PolicyQuestion(name: request.name, flags: flags.rawValue, peerLabel: nil)
        return ExplainReport(
            policy: policy, asked: request.name, flags: flags, answer: question.answer(by: policy), reasons: [])
    }
}
