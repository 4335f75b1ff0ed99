import HookLinux
import SystemPackage
import TestSupport
import Testing

/// A directory of images, one beside it that no policy names, and a server.
final class Scene {
    let top: ScratchDirectory

    init(_ prepare: (ScratchDirectory) throws -> Void = { _ in }) throws {
        top = try ScratchDirectory()
        try top.directory("images")
        try top.file("images/disk", "image")
        try top.directory("outside")
        try top.file("outside/secret", "secret")
        try prepare(top)
    }

    /// A policy of one root, `images`, with the given rules in it.
    ///
    /// - Parameters:
    ///   - rules: `TOP` stands for the scratch directory.
    ///   - outside: statements outside of the root.
    func policy(_ rules: String, clauses: String = "", outside: String = "") -> String {
        """
        openhook 1
        vm test
        selinux off
        peer any
        rate off
        \(outside.replacing("TOP", with: top.path))
        root images \(top.path)/images {
        \(clauses)
        \(rules.replacing("TOP", with: top.path))
        }

        """
    }

    func serve(
        _ rules: String, clauses: String = "", outside: String = "",
        _ change: (inout TestServer.Settings) -> Void = { _ in }
    ) throws -> TestServer {
        try TestServer(policy(rules, clauses: clauses, outside: outside), change)
    }

    func name(_ relative: String) -> String { top.path("images/\(relative)") }
}

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
