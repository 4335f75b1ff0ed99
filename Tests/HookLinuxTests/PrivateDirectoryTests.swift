import Foundation
import Glibc
import HookLinux
import Synchronization
import SystemPackage
import TestSupport
import Testing

struct PrivateDirectoryTests {
    private let scratch: ScratchDirectory
    private let path: SystemPath

    init() throws {
        scratch = try ScratchDirectory()
        path = SystemPath(text: scratch.path("own"))
    }

    private func failure(_ uid: UInt32 = geteuid(), at path: SystemPath? = nil) -> PrivateDirectory.Failure? {
        do throws(PrivateDirectory.Failure) {
            try PrivateDirectory.make(path ?? self.path, uid: uid, gid: getegid())
            return nil
        } catch { return error }
    }

    @Test func `is made once, with mode 0700 whatever the umask, and found afterwards`() throws {
        #expect(failure() == nil)
        #expect(try scratch.status("own").permissions & 0o777 == 0o700)
        try scratch.file("own/kept")
        #expect(failure() == nil)
        #expect(scratch.exists("own/kept"))
    }

    @Test func `is not taken from somebody else, nor where others write`() throws {
        try scratch.directory("own", mode: 0o777)
        #expect(failure() == .writableByOthers)
        try scratch.setMode("own", 0o700)
        #expect(failure(geteuid() + 1) == .belongsTo(geteuid()))
    }

    @Test func `is no file, no link`() throws {
        try scratch.file("own")
        #expect(failure() == .notADirectory)
        try FileManager.default.removeItem(atPath: scratch.path("own"))
        try scratch.directory("elsewhere", mode: 0o700)
        try scratch.symlink("own", to: "elsewhere")
        #expect(failure() == .notADirectory)
    }

    @Test func `where there is no parent, is not made`() {
        #expect(failure(at: SystemPath(text: scratch.path("none/own"))) == .system(.noSuchFileOrDirectory))
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `made by eight at once for another user is found whole by each, and nothing else is left`() throws {
        for _ in 0..<200 {
            let failed = Atomic(0)
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                if failure(65_534) != nil { failed.add(1, ordering: .relaxed) }
            }
            #expect(failed.load(ordering: .relaxed) == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["own"])
            try FileManager.default.removeItem(atPath: scratch.path("own"))
        }
    }
}
