import HookAudit
import HookAuthoring
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
        var creating: Set<String> = []
        for (index, line) in lines.enumerated() {
            let story: RecordStory
            do throws(RecordStory.NoRecord) { story = try RecordStory(line) } catch {
                throw Failure(.usage, "line \(index + 1) is no audit record: \(error.reason)")
            }
            if story.event == "creating", let number = story.number { creating.insert(number) }
            let now = self.now(story, story.number.map(creating.contains) ?? false ? .made : .found)
            switch form {
            case .json: try stream.write(json(story, now))
            case .text: try stream.write((index == 0 ? "" : "\n") + text(story, now, on: .standard))
            }
        }
    }

    private static let leadToLine = "The line that would have granted it:"

    private func json(_ story: RecordStory, _ now: ExplainReport?) -> JSONOutput {
        let end = story.missingLine.map { ["\(Self.leadToLine) \($0)"] } ?? []
        var fields = [JSONField("story", .array((story.sentences + end).map(JSONOutput.text)))]
        if let now { fields.append(JSONField("now", now.json)) }
        return .object(fields)
    }

    private func text(_ story: RecordStory, _ now: ExplainReport?, on page: Page) -> String {
        var told = Page.wrap(story.sentences.joined(separator: " "), width: page.columns)
        if let line = story.missingLine { told += [Self.leadToLine, "    " + line] }
        guard let now else { return told.joined(separator: "\n") + "\n" }
        return told.joined(separator: "\n") + "\n\nThis policy says now:\n" + now.text(on: page)
    }

    /// What became of a file that a request was granted: a record `creating` of the same request says that it was made.
    private enum Fate { case made, found }

    /// What the policy says to the request now. Who asks with `O_CREAT` for a file that is there needs no `create`.
    private func now(_ story: RecordStory, _ fate: Fate) -> ExplainReport? {
        guard let policy, let request = story.request, let asked = try? OpenFlags(parsing: request.flags) else {
            return nil
        }
        let isGranted = story.event == "opened" || story.event == "would-deny"
        let flags = isGranted && fate == .found ? asked.withoutCreation : asked
        let question = PolicyQuestion(name: request.name, flags: flags.rawValue, peerLabel: nil)
        return ExplainReport(
            policy: policy, asked: request.name, flags: flags, answer: question.answer(by: policy), reasons: [])
    }
}
