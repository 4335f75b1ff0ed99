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
