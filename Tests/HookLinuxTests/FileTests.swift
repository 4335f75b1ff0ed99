import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

struct SmallFileTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func path(_ name: String) -> SystemPath { SystemPath(text: scratch.path(name)) }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000]) func `all of a file is read`(size: Int) throws {
        let text = String(repeating: "x", count: size)
        try scratch.file("file", text)
        let read = try SmallFile.readWithStatus(path("file"), limit: size)
        #expect(read.bytes.count == size)
        #expect(read.status.size == UInt64(size))
        #expect(read.status.kind == .file)
    }

    @Test func `one byte too many is an error`() throws {
        try scratch.file("file", "12345")
        #expect(failure { () throws(Errno) in try SmallFile.read(path("file"), limit: 4) } == .fileTooLarge)
        #expect(try SmallFile.read(path("file"), limit: 5) == Array("12345".utf8))
    }

    @Test func `what is no file is an error, and holds nobody up`() throws {
        try scratch.directory("directory")
        #expect(failure { () throws(Errno) in try SmallFile.read(path("directory"), limit: 1) } == .isDirectory)
        #expect(failure { () throws(Errno) in try SmallFile.read(path("missing"), limit: 1) } == .noSuchFileOrDirectory)
        #expect(failure { () throws(Errno) in try SmallFile.read("/dev/null", limit: 1) } == .invalidArgument)
        try scratch.fifo("fifo")
        #expect(try SmallFile.read(path("fifo"), limit: 1).isEmpty)
    }

    @Test func `a file of procfs, which says that it is empty, is read`() throws {
        #expect(try !SmallFile.read("/proc/self/mountinfo", limit: 64 << 20).isEmpty)
    }
}

struct DirectoryListingTests {
    private func names(in scratch: ScratchDirectory) throws -> [[UInt8]] {
        let root = try RootDirectory(ambientPath: SystemPath(text: scratch.path))
        var names: [[UInt8]] = []
        try DirectoryListing.forEachName(in: root.descriptor) { name in
            names.append(name.indices.map { name[$0] })
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    @Test func `an empty directory has no names`() throws {
        #expect(try names(in: ScratchDirectory()).isEmpty)
    }

    @Test func `names of any bytes and kinds are given, and dots are not`() throws {
        let scratch = try ScratchDirectory()
        let odd: [[UInt8]] = [
            [0xff, 0xfe], Array("a\nb".utf8), Array("...".utf8), Array("..x".utf8), Array(".x".utf8),
        ]
        for name in odd { try scratch.file(scratch.bytes("") + name) }
        try scratch.directory("directory")
        try scratch.symlink("link", to: "nowhere")
        let expected = odd + [Array("directory".utf8), Array("link".utf8)]
        #expect(try names(in: scratch) == expected.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test func `many long names are given once each`() throws {
        let scratch = try ScratchDirectory()
        let expected = (1000..<1400).map { "\($0)" + String(repeating: "n", count: 251) }
        for name in expected { try scratch.file(name, "") }
        #expect(try names(in: scratch) == expected.map { Array($0.utf8) })
    }

    @Test func `what is no directory is an error`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("file")
        let root = try RootDirectory(ambientPath: SystemPath(text: scratch.path))
        let file = try root.resolve(climbing: "file", links: .refuse, mounts: .refuse)
        #expect(failure { () throws(Errno) in try DirectoryListing.forEachName(in: file) { _ in } } == .notDirectory)
    }
}

struct FileStatusTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test func `every kind is told`() throws {
        try scratch.file("file", "12345", mode: 0o640)
        try scratch.setMode("file", 0o640)
        try scratch.directory("directory")
        try scratch.symlink("link", to: "file")
        try scratch.fifo("fifo")
        try scratch.socket("socket")
        let kinds: [(String, FileKind)] = [
            ("file", .file), ("directory", .directory), ("link", .symbolicLink), ("fifo", .fifo), ("socket", .socket),
        ]
        for (name, kind) in kinds { #expect(try scratch.status(name).kind == kind) }
        #expect(try FileStatus.named("/dev/null").kind == .characterDevice)
        #expect(try FileStatus.named("/dev/null").device == (1, 3))
        let file = try scratch.status("file")
        #expect(file.size == 5)
        #expect(file.permissions == 0o640)
        #expect(file.owner == getuid())
        #expect(file.linkCount == 1)
        #expect(try FileStatus.following(SystemPath(text: scratch.path("link"))).identity == file.identity)
    }

    @Test(arguments: [
        (UInt32(0o600), false), (0o644, false), (0o620, true), (0o602, true), (0o666, true), (0o755, false),
    ])
    func `whether others may write is in the mode`(mode: UInt32, expected: Bool) throws {
        try scratch.file("file")
        try scratch.setMode("file", mode)
        #expect(try scratch.status("file").isWritableByOthers == expected)
    }

    @Test func `two names of one file have one identity`() throws {
        try scratch.file("a")
        try scratch.hardLink("b", to: "a")
        try scratch.file("c")
        #expect(try scratch.status("a").identity == scratch.status("b").identity)
        #expect(try scratch.status("a").identity != scratch.status("c").identity)
        #expect(try scratch.status("a").linkCount == 2)
    }
}

struct FileCreationTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func create(_ name: String) throws(Errno) -> OwnedDescriptor {
        let root = try RootDirectory(ambientPath: SystemPath(text: scratch.path))
        return try FileCreation.create(
            lastComponentOf: SystemPath(text: "/ignored/" + name), in: root.descriptor, flags: OpenFlag.readWrite,
            mode: 0o600)
    }

    @Test func `a file is made where nothing is`() throws {
        let file = try create("new")
        #expect(try FileStatus.of(file).identity == scratch.status("new").identity)
        #expect(try scratch.status("new").permissions == 0o600)
    }

    @Test func `nothing that exists is opened or followed`() throws {
        try scratch.file("file")
        try scratch.symlink("dangling", to: "target")
        try scratch.directory("directory")
        for name in ["file", "dangling", "directory"] {
            #expect(failure { () throws(Errno) in _ = try create(name) } == .fileExists)
        }
        #expect(!scratch.exists("target"))
        #expect(try scratch.text("file") == "image")
    }

    @Test func `a file is cut to nothing`() throws {
        let file = try create("new")
        #expect(GrantedFile(try file.duplicate()).write("text"))
        try FileCreation.truncate(file)
        #expect(try FileStatus.of(file, .synchronized).size == 0)
    }
}
