import HookAuthoring
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
        var creating: Set<String> = []
        for (index, line) in lines.enumerated() {
            let story: RecordStory
            do throws(RecordStory.NoRecord) { story = try RecordStory(line) } catch {
                throw Failure(.usage, "line \(index + 1) is no audit record: \(error.reason)")
            }
            if story.event == "creating", let number = story.number { creating.insert(number) }
            let now = self.now(story, story.number.map(creating.contains) ?? false ? .made : .found)
            switch form {
            case .json:
                var fields = [JSONField("story", .array(story.sentences.map(JSONValue.text)))]
                if let now { fields.append(JSONField("now", now.json)) }
                JSONValue.object(fields).print()
            case .text:
                var text = Page.wrap(story.sentences.joined(separator: " "), width: Page.standard.columns)
                    .joined(separator: "\n")
                if let now { text += "\n\nThis policy says now:\n" + now.text(on: .standard) }
                StandardStream.output.write((index == 0 ? "" : "\n") + text + (text.hasSuffix("\n") ? "" : "\n"))
            }
        }
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
