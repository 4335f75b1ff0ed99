import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// What hangs somewhere else must not hold a request.
@Suite(.serialized)
struct BlockedElsewhereTests {
    @Test(.enabled(if: HangingFileSystem.isPossible, "needs root and /dev/fuse"))
    func `a denied name on a file system that hangs holds no open of a local file`() throws {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.directory("images/remote")
        try directory.file("images/local.img")
        let fileSystem = try HangingFileSystem(at: directory.path("images/remote"))
        let policy = """
            openhook 1
            vm deny
            selinux off
            peer any
            root images \(directory.path("images")) {
                allow rw *.img
                deny rw remote/private
            }

            """
        let server = try TestServer(policy, in: directory) { $0.arguments = ["--open-timeout", "1"] }
        try fileSystem.hang(.lookup)
        let client = try server.connect()
        for _ in 0..<10 { #expect(try client.open(directory.path("images/local.img"), O_RDWR).file != nil) }
        #expect(try server.records("refused").isEmpty)
        try fileSystem.release()
    }

    @Test func `when nobody reads the audit trail each open is answered at its deadline, and the server can be ended`()
        throws
    {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.file("images/disk.img")
        try directory.fifo("trail")
        // Opened, so that the server can open it; never read.
        let reader = unsafe open(directory.path("trail"), O_RDWR | O_CLOEXEC)
        defer { close(reader) }
        let policy = """
            openhook 1
            vm trail
            selinux off
            peer any
            rate off
            root images \(directory.path("images")) {
                allow rw disk.img
            }

            """
        let server = try TestServer(policy, in: directory) {
            $0.arguments = ["--open-timeout", "1"]
            $0.audit = directory.path("trail")
        }
        let client = try server.connect()
        // More records than a pipe holds.
        var answer = try client.open(directory.path("images/disk.img"), O_RDWR)
        for _ in 0..<1000 where answer.file != nil {
            answer = try client.open(directory.path("images/disk.img"), O_RDWR)
        }
        #expect(answer.errno == .timedOut)
        // From now on the sink is known to be down: a refusal, at once.
        let later = try poll {
            try client.open(directory.path("images/disk.img"), O_RDWR).errno == .ioError ? true : nil
        }
        #expect(later == true)
        #expect(try server.stop() == .exited(0))
    }
}
