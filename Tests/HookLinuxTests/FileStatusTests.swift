import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

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
