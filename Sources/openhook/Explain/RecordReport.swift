import HookAudit
import HookLinux
import HookPolicy
import HookServer
import HookWire
import SystemPackage

/// What `openhook explain --record` says.
struct RecordReport {
    private let lines: [[UInt8]]
    private let policy: Policy?

    private static let longest = 64 << 20

    /// - Throws: `Failure` if the file cannot be read.
    init(_ file: FileName, policy: Policy?) throws {
        self.policy = policy
        lines = try file.contents(limit: Self.longest).split(separator: UInt8(ascii: "\n")).map(Array.init)
        if lines.isEmpty { throw Failure(.usage, file, "there is no record in it") }
    }

    /// - Throws: `Failure` at the first line that is no record; those before it have been told.
    func write(to stream: AnswerStream, _ form: AnswerForm) throws(Failure) {
        for (index, line) in lines.enumerated() {
            let story: RecordStory
            do throws(RecordStory.NoRecord) { story = try RecordStory(line) } catch {
                throw Failure(.usage, "line \(index + 1) is no audit record: \(error.reason)")
            }
            switch form {
            case .json: try stream.write(json(story))
            case .text: try stream.write((index == 0 ? "" : "\n") + text(story, on: .standard))
            }
        }
    }

    private func json(_ story: RecordStory) -> JSONOutput {
        var fields = [JSONField("story", .array(story.sentences.map(JSONOutput.text)))]
        if let now = now(story) { fields.append(JSONField("now", now.json)) }
        return .object(fields)
    }

    private func text(_ story: RecordStory, on page: Page) -> String {
        let told = Page.wrap(story.sentences.joined(separator: " "), width: page.columns)
        guard let now = now(story) else { return told.joined(separator: "\n") + "\n" }
        return told.joined(separator: "\n") + "\n\nThis policy says now:\n" + now.text(on: page)
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
