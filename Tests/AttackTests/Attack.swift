import HookLinux
import SystemPackage
import TestSupport
import Testing

/// What a request is expected to come to.
enum Expected: Sendable {
    /// The object of this name, relative to the scratch directory.
    case file(String)
    /// Refused, with the stage and a part of the reason of the audit record.
    case refused(Errno, String, String)
}

/// One request and what must come of it. Whatever that is, nothing may be made, cut, or removed.
struct Attack: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var rules = "allow rw disk"
    var outside = ""
    var prepare: @Sendable (ScratchDirectory) throws -> Void = { _ in }
    /// `TOP` stands for the scratch directory.
    let name: String
    var flags = OpenFlag.readWrite
    let expected: Expected

    init(
        _ testDescription: String, rules: String = "allow rw disk", outside: String = "", name: String,
        flags: CInt = OpenFlag.readWrite, _ expected: Expected,
        prepare: @escaping @Sendable (ScratchDirectory) throws -> Void = { _ in }
    ) {
        self.testDescription = testDescription
        self.rules = rules
        self.outside = outside
        self.prepare = prepare
        self.name = name
        self.flags = flags
        self.expected = expected
    }

    func run() throws {
        let scene = try Scene(prepare)
        let server = try scene.serve(rules, outside: outside)
        let before = try TreeSnapshot(of: scene.top.path)
        let asked = name.replacing("TOP", with: scene.top.path)
        let answer = try server.connect().open(asked, flags)
        let after = try TreeSnapshot(of: scene.top.path)
        #expect(after == before)
        let about = try server.records().last { $0.event == "opened" || $0.event == "refused" }
        switch expected {
        case .file(let expectedName):
            let file = try #require(answer.file, "\(answer): \(String(describing: about))")
            let wanted = try FileStatus.following(SystemPath(text: scene.top.path(expectedName)))
            #expect(try file.status.identity == wanted.identity)
            #expect(about?.event == "opened")
        case .refused(let errno, let stage, let reason):
            #expect(answer.errno == errno, "\(answer): \(String(describing: about))")
            let record = try #require(about)
            #expect(record.event == "refused")
            #expect(record.stage == stage)
            #expect(record.errno == errno.name)
            #expect(
                record.reason.contains(reason.replacing("TOP", with: scene.top.path)), "\(record.reason)")
        }
    }
}
