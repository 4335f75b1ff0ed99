import HookLinux
import SystemPackage
import TestSupport
import Testing

struct RaceTests {
    /// A rule, how many opens, and what may be answered beside the file. ENOENT: what was found lost its name three times
    /// between two looks.
    static let rules: [(String, Int, Set<Errno>)] = [
        ("allow rw name\nallow rw disk hardlinks allow", 20_000, [.tooManySymbolicLinkLevels, .noSuchFileOrDirectory]),
        ("allow rw ** symlinks inside", 4000, [.permissionDenied, .noSuchFileOrDirectory]),
    ]

    @Test(arguments: rules)
    func `opens of a name that turns from a file into a link and back never escape`(
        rule: String, count: Int, refusals: Set<Errno>
    ) throws {
        let scene = try Scene()
        let top = scene.top
        try top.hardLink("images/name", to: "images/disk")
        let server = try scene.serve(rule)
        let allowed = try top.status("images/disk").identity
        let rival = try Rival {
            try top.symlink("images/next", to: "../outside/secret")
            try top.rename("images/next", to: "images/name")
            try top.hardLink("images/next", to: "images/disk")
            try top.rename("images/next", to: "images/name")
        }
        let tally = try Tally(count, of: scene.name("name"), OpenFlag.readOnly, from: server) {
            try $0.status.identity == allowed
        }
        #expect(rival.stop() != nil)
        #expect(tally.escapes == 0)
        // Both were met.
        #expect(tally.granted > 0)
        #expect(!tally.refused.isEmpty)
        #expect(Set(tally.refused.keys).isSubset(of: refusals), "\(tally.refused)")
    }

    @Test(arguments: [
        ("allow rw **", [Errno.tooManySymbolicLinkLevels, .noSuchFileOrDirectory]),
        ("allow rw ** symlinks inside", [.permissionDenied, .noSuchFileOrDirectory]),
    ])
    func `opens beneath a directory that turns into a link and back never escape`(rule: String, refusals: [Errno])
        throws
    {
        let scene = try Scene {
            try $0.directory("images/dir")
            try $0.file("images/dir/secret", "allowed")
            try $0.symlink("images/link", to: "../outside")
        }
        let top = scene.top
        let server = try scene.serve(rule)
        let allowed = try top.status("images/dir/secret").identity
        let rival = try Rival {
            try top.rename("images/dir", to: "images/away")
            try top.rename("images/link", to: "images/dir")
            try top.rename("images/dir", to: "images/link")
            try top.rename("images/away", to: "images/dir")
        }
        let tally = try Tally(3000, of: scene.name("dir/secret"), OpenFlag.readWrite, from: server) {
            try $0.status.identity == allowed
        }
        #expect(rival.stop() != nil)
        #expect(tally.escapes == 0)
        #expect(tally.granted > 0)
        #expect(!tally.refused.isEmpty)
        #expect(Set(tally.refused.keys).isSubset(of: Set(refusals)), "\(tally.refused)")
    }

    @Test func `opens beneath a directory that is moved out of the root and back never escape`() throws {
        let scene = try Scene {
            try $0.directory("images/a")
            try $0.directory("images/a/b")
            try $0.file("images/a/b/disk", "allowed")
            try $0.symlink("images/a/b/up", to: "../../disk")
        }
        let top = scene.top
        let server = try scene.serve("allow rw ** symlinks inside")
        let allowed = try top.status("images/disk").identity
        // From `a/b` inside, `../../disk` is the root's disk; from `outside/b` it would be the scratch directory's.
        try top.file("disk", "not allowed")
        let rival = try Rival {
            try top.rename("images/a/b", to: "outside/b")
            try top.rename("outside/b", to: "images/a/b")
        }
        let tally = try Tally(3000, of: scene.name("a/b/up"), OpenFlag.readOnly, from: server) {
            try $0.status.identity == allowed
        }
        #expect(rival.stop() != nil)
        #expect(tally.escapes == 0)
        let expected: Set<Errno> = [.permissionDenied, .noSuchFileOrDirectory, .resourceTemporarilyUnavailable]
        #expect(Set(tally.refused.keys).isSubset(of: expected), "\(tally.refused)")
    }

    @Test func `5,000 opens of a file that is unlinked, renamed and made anew give that file or ENOENT`() throws {
        let scene = try Scene()
        let top = scene.top
        let server = try scene.serve("allow rw disk")
        try top.file("images/secret", "secret")
        let rival = try Rival {
            try top.rename("images/disk", to: "images/old")
            try top.file("images/new", "image")
            try top.rename("images/new", to: "images/disk")
            try top.remove("images/disk")
            try top.rename("images/secret", to: "images/unlisted")
            try top.rename("images/unlisted", to: "images/secret")
            try top.rename("images/old", to: "images/disk")
        }
        let tally = try Tally(5000, of: scene.name("disk"), OpenFlag.readWrite, from: server) { $0.read() == "image" }
        #expect(rival.stop() != nil)
        #expect(tally.escapes == 0)
        #expect(Set(tally.refused.keys).isSubset(of: [.noSuchFileOrDirectory]), "\(tally.refused)")
    }

    @Test func `a writable open never hands out a file while it has another VM's name`() throws {
        let scene = try Scene()
        let top = scene.top
        let server = try scene.serve("allow rw name")
        let secret = try top.status("outside/secret").identity
        try top.file("images/name", "own")
        let rival = try Rival {
            try top.hardLink("images/next", to: "outside/secret")
            try top.rename("images/next", to: "images/name")
            try top.file("images/next", "own")
            try top.rename("images/next", to: "images/name")
        }
        let tally = try Tally(5000, of: scene.name("name"), OpenFlag.readWrite, from: server) {
            try $0.status.identity != secret
        }
        #expect(rival.stop() != nil)
        #expect(tally.escapes == 0)
        #expect(Set(tally.refused.keys).isSubset(of: [.permissionDenied, .noSuchFileOrDirectory]), "\(tally.refused)")
    }

    @Test func `creations that race with links in their place make nothing outside`() throws {
        let scene = try Scene()
        let top = scene.top
        let server = try scene.serve("allow rw new create")
        let rival = try Rival {
            try top.symlink("images/next", to: "../outside/made")
            try top.rename("images/next", to: "images/new")
            try top.remove("images/new")
        }
        let connection = try server.connect()
        var odd: [String] = []
        for _ in 0..<3000 {
            let answer = try connection.open(scene.name("new"), OpenFlag.readWrite | OpenFlag.create)
            switch answer {
            case .granted, .refused(.tooManySymbolicLinkLevels), .refused(.noSuchFileOrDirectory),
                .refused(.fileExists):
                continue
            default: odd.append("\(answer)")
            }
        }
        _ = rival.stop()
        #expect(odd.isEmpty)
        #expect(!top.exists("outside/made"))
    }
}
