import HookLinux
import SystemPackage
import TestSupport
import Testing

struct PidFileTests {
    private let scratch: ScratchDirectory
    private var path: SystemPath { SystemPath(text: scratch.path("broker.pid")) }
    private static var own: String { "\(ThisProcess.pid)\n" }

    init() throws { scratch = try ScratchDirectory() }

    @Test func `it says who serves, and goes with the value`() throws {
        do {
            let file = try PidFile(at: path)
            #expect(try scratch.text("broker.pid") == Self.own)
            #expect(try scratch.status("broker.pid").permissions == 0o644)
            withExtendedLifetime(file) {}
        }
        #expect(!scratch.exists("broker.pid"))
    }

    @Test func `that of one which lives is left as it is`() throws {
        let file = try PidFile(at: path)
        #expect(failure { () throws(Errno) in _ = try PidFile(at: path) } == .resourceTemporarilyUnavailable)
        #expect(try scratch.text("broker.pid") == Self.own)
        withExtendedLifetime(file) {}
    }

    @Test func `what one left that was killed is taken over`() throws {
        try scratch.file("broker.pid", "1234567890\n")
        let file = try PidFile(at: path)
        #expect(try scratch.text("broker.pid") == Self.own)
        withExtendedLifetime(file) {}
    }

    @Test func `a file that is another's by now is left`() throws {
        do {
            let file = try PidFile(at: path)
            try scratch.remove("broker.pid")
            try scratch.file("broker.pid", "another's")
            withExtendedLifetime(file) {}
        }
        #expect(try scratch.text("broker.pid") == "another's")
    }

    @Test func `nothing is written through a link`() throws {
        try scratch.file("other", "another's")
        try scratch.symlink("broker.pid", to: "other")
        #expect(failure { () throws(Errno) in _ = try PidFile(at: path) } == .tooManySymbolicLinkLevels)
        #expect(try scratch.text("other") == "another's")
    }
}
