import HookLinux
import SystemPackage
import TestSupport
import Testing

/// A tree with a way out of it, and what is resolved beneath its root.
private struct Tree {
    let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
        try scratch.directory("root")
        try scratch.directory("root/a")
        try scratch.file("root/a/file", "file")
        try scratch.file("secret", "secret")
        try scratch.symlink("root/inside", to: "a/file")
        try scratch.symlink("root/outside", to: "../secret")
        try scratch.symlink("root/absolute", to: scratch.path("root/a/file"))
        try scratch.symlink("root/magic", to: "/proc/self/fd/0")
        try scratch.symlink("root/loop", to: "loop")
        try scratch.symlink("root/way", to: "a")
        try scratch.symlink("root/up", to: "..")
    }

    func open() throws -> RootDirectory { try RootDirectory(ambientPath: SystemPath(text: scratch.path("root"))) }

    func identity(of name: String, _ links: LinkRule) throws -> FileIdentity {
        let path = try #require(RelativePath(SystemPath(text: "/" + name), from: 1))
        return try FileStatus.of(try open().resolve(path, links: links, mounts: .refuse)).identity
    }

    func errno(of name: String, _ links: LinkRule) throws -> Errno? {
        do {
            _ = try identity(of: name, links)
            return nil
        } catch let error as Errno {
            return error
        }
    }
}

struct RootDirectoryTests {
    @Test(arguments: ["a/file", "a", "inside", "way/file", "way"])
    func `what lies beneath is found, links followed if they may be`(name: String) throws {
        let tree = try Tree()
        let expected = try FileStatus.following(SystemPath(text: tree.scratch.path("root/" + name))).identity
        #expect(try tree.identity(of: name, .followBeneath) == expected)
        let hasLink = name.hasPrefix("way") || name == "inside"
        #expect(try tree.errno(of: name, .refuse) == (hasLink ? .tooManySymbolicLinkLevels : nil))
    }

    static let refused: [(String, Errno)] = [
        ("outside", .improperLink), ("absolute", .improperLink), ("up/secret", .improperLink),
        ("magic", .improperLink), ("loop", .tooManySymbolicLinkLevels), ("missing", .noSuchFileOrDirectory),
        ("a/file/x", .notDirectory),
    ]

    @Test(arguments: refused) func `what leads out is not found`(name: String, errno: Errno) throws {
        #expect(try Tree().errno(of: name, .followBeneath) == errno)
    }

    @Test func `a climbing path stays beneath`() throws {
        let tree = try Tree()
        let root = try tree.open()
        let file = try root.resolve(climbing: "a/../a/file", links: .followBeneath, mounts: .refuse)
        #expect(try FileStatus.of(file).size == 4)
        #expect(
            failure { () throws(Errno) in
                _ = try root.resolve(climbing: "a/../../secret", links: .followBeneath, mounts: .refuse)
            } == .improperLink)
        #expect(
            failure { () throws(Errno) in
                _ = try root.resolve(climbing: "/etc", links: .followBeneath, mounts: .refuse)
            } == .improperLink)
    }

    @Test func `a link itself can be looked at, and its text read`() throws {
        let tree = try Tree()
        let root = try tree.open()
        let link = try root.resolveToLink(climbing: "outside", mounts: .refuse)
        #expect(try FileStatus.of(link).kind == .symbolicLink)
        #expect(try linkTarget(link) == Array("../secret".utf8))
        let file = try root.resolveToLink(climbing: "a/file", mounts: .refuse)
        #expect(failure { () throws(Errno) in _ = try linkTarget(file) } == .noSuchFileOrDirectory)
    }

    @Test func `the last component in a directory is no link`() throws {
        let tree = try Tree()
        let root = try tree.open()
        let link = SystemPath("/any/where/inside")
        #expect(
            failure { () throws(Errno) in
                _ = try RootDirectory.resolve(lastComponentOf: link, in: root.descriptor, mounts: .refuse)
            } == .tooManySymbolicLinkLevels)
        let found = try RootDirectory.resolve(lastComponentOf: "/x/a", in: root.descriptor, mounts: .refuse)
        #expect(try FileStatus.of(found).kind == .directory)
    }

    @Test func `a mount is crossed only if it may be`() throws {
        let top = try RootDirectory(ambientPath: "/")
        let path = try #require(RelativePath("/proc/self/status", from: 1))
        #expect(
            failure { () throws(Errno) in
                _ = try top.resolve(path, links: .followBeneath, mounts: .refuse)
            } == .improperLink)
        let found = try top.resolve(path, links: .followBeneath, mounts: .allow)
        #expect(try FileStatus.of(found).kind == .file)
    }

    @Test func `only a directory is a root, and links in its name are followed`() throws {
        let tree = try Tree()
        #expect(
            failure { () throws(Errno) in
                _ = try RootDirectory(ambientPath: SystemPath(text: tree.scratch.path("secret")))
            } == .notDirectory)
        let root = try RootDirectory(ambientPath: SystemPath(text: tree.scratch.path("root/way")))
        #expect(try root.status.identity == tree.scratch.status("root/a").identity)
    }

    @Test func `an entry of a directory is the entry itself`() throws {
        let tree = try Tree()
        let entry = try RootDirectory(entry: "way", of: try tree.open())
        #expect(entry.status.kind == .symbolicLink)
    }

    @Test func `this kernel resolves beneath`() {
        #expect(RootDirectory.kernelSupportsResolution())
    }
}
