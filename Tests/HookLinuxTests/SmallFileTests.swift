import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

struct SmallFileTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func shell(_ script: String) throws -> ChildProcess {
        var command = ChildProcess.Command(program: "/bin/sh", arguments: ["-c", script].map { Array($0.utf8) })
        command.endsWithParent = true
        return try ChildProcess(command)
    }

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

    @Test func `a pipe whose writer takes its time holds nobody up, unless it is awaited`() throws {
        try scratch.fifo("fifo")
        let name = scratch.path("fifo")
        // For reading, too: then it opens at once.
        let writer = OwnedDescriptor(taking: unsafe open(name, O_RDWR | O_CLOEXEC))
        #expect(
            failure { () throws(Errno) in try SmallFile.read(path("fifo"), limit: 9) }
                == .resourceTemporarilyUnavailable)
        let late = try shell("exec 3> '\(name)'; sleep 0.2; echo one >&3; sleep 0.2; echo two >&3")
        extendLifetime(writer)
        _ = consume writer
        #expect(try SmallFile.read(path("fifo"), limit: 9, pipes: .awaited) == Array("one\ntwo\n".utf8))
        #expect(try late.wait() == .exited(0))
    }

    @Test func `a file of procfs, which says that it is empty, is read`() throws {
        #expect(try !SmallFile.read("/proc/self/mountinfo", limit: 64 << 20).isEmpty)
    }
}
