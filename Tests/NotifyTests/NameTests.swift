import Foundation
import Glibc
import HookLinux
import Synchronization
import Testing
import TestSupport

/// What a program gets that acts by name, for each call.
@Suite(.enabled(if: GuardedProgram.isPossible))
struct NameTests {
    struct Call: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let command: String
        let answer: String

        init(_ name: String, _ command: String, _ answer: String) {
            (testDescription, self.command, self.answer) = (name, command, answer)
        }
    }

    static let granted = [
        Call("open", "open %i/disk.raw 2", "ok image"),
        Call("open, read-only", "open %i/disk.raw 0", "ok image"),
        Call("openat2", "openat2 %i/disk.raw 2 0", "ok image"),
        Call("status flags, close-on-exec", "flags %i/disk.raw 02002002", "ok 02002 1"),
        Call("status flags, kept at exec", "flags %i/disk.raw 0", "ok 0 0"),
        Call("a flag that the kernel does not know", "flags %i/disk.raw 0x40000000", "ok 0 0"),
        Call("stat", "stat %i/disk.raw", "ok 5 0100600"),
        Call("lstat", "lstat %i/disk.raw", "ok 0100000"),
        Call("statx", "statx %i/disk.raw", "ok 5"),
        Call("stat of the root", "lstat %i", "ok 040000"),
        Call("stat into memory that is none", "badstat %i/disk.raw", "EFAULT"),
        Call("access, to be there", "access %i/disk.raw 0", "ok"),
        Call("access, to read and write", "access %i/disk.raw 6", "ok"),
        Call("access, to execute", "access %i/disk.raw 1", "EACCES"),
        Call("readlink of a file", "readlink %i/disk.raw 100", "EINVAL"),
        Call("realpath", "realpath %i/disk.raw", "ok %i/disk.raw"),
        Call("creation", "open %i/new-1 0102", "ok"),
        Call("creation of what is there", "open %i/disk.raw 0302", "EEXIST"),
        Call("a missing name that may be made", "open %i/new-2 2", "ENOENT"),
        Call("stat of a missing name", "stat %i/new-2", "ENOENT"),
        Call("mkdir of what is there", "mkdir %i", "EEXIST"),
    ]

    static let refused = [
        Call("open", "open %i/secret.raw 0", "EACCES"),
        Call("open of a name that is missing", "open %i/other 0", "EACCES"),
        Call("open of a directory", "open %i/ 0200000", "EINVAL"),
        Call("openat2 with a flag that the kernel does not know", "openat2 %i/disk.raw 0x40000000 0", "EINVAL"),
        Call("openat2 with a way of resolving", "openat2 %i/disk.raw 0 8", "EINVAL"),
        Call("creat of what must not be made", "creat %i/other", "EACCES"),
        Call("stat", "stat %i/secret.raw", "EACCES"),
        Call("lstat", "lstat %i/secret.raw", "EACCES"),
        Call("access", "access %i/secret.raw 0", "EACCES"),
        Call("access to the root, to write", "access %i 2", "EACCES"),
        Call("readlink", "readlink %i/secret.raw 100", "EACCES"),
        Call("unlink without `delete`", "unlink %i/disk.raw", "EACCES"),
        Call("rmdir", "rmdir %i/disk.raw", "EPERM"),
        Call("rename without `delete`", "rename %i/disk.raw %i/new-3", "EACCES"),
        Call("rename to what no rule creates", "rename %i/new-old %i/disk.raw", "EACCES"),
        Call("rename out of the root", "rename %i/new-old %w/x", "EXDEV"),
        Call("rename into the root", "rename %w/x %i/new-4", "EXDEV"),
        Call("an exchange", "renameat2 %i/new-old %i/disk.raw 2", "EINVAL"),
        Call("mkdir", "mkdir %i/new-5", "EACCES"),
        Call("truncate", "truncate %i/disk.raw", "EPERM"),
        Call("chmod", "chmod %i/disk.raw", "EPERM"),
        Call("chown", "chown %i/disk.raw", "EPERM"),
        Call("utimes", "utime %i/disk.raw", "EPERM"),
        Call("link of a managed file", "link %i/disk.raw %w/x", "EPERM"),
        Call("link of a descriptor", "linkfd %i/disk.raw %w/x", "EPERM"),
        Call("symlink into the root", "symlink /etc/passwd %i/new-6", "EPERM"),
        Call("mknod", "mknod %i/new-7", "EPERM"),
        Call("setxattr", "setxattr %i/disk.raw", "EPERM"),
    ]

    private static func program() throws -> GuardedProgram {
        let program = try GuardedProgram(rules: ["allow rw new-* create delete"])
        try program.directory.file("images/new-old", "old")
        return program
    }

    private static func run(_ call: Call, _ program: GuardedProgram) throws -> [String] {
        try program.run(call.command).map { $0.replacing(program.images, with: "%i") }
    }

    @Test(arguments: granted)
    func `a call on what the policy grants is answered as the kernel would`(call: Call) throws {
        let answers = try Self.run(call, Self.program())
        #expect(answers == [call.answer])
    }

    @Test(arguments: refused)
    func `a call on a managed name that the policy does not grant is refused`(call: Call) throws {
        let program = try Self.program()
        let before = try TreeSnapshot(of: program.images)
        let answers = try Self.run(call, program)
        #expect(answers == [call.answer])
        #expect(try TreeSnapshot(of: program.images) == before)
    }

    @Test func `a file is removed and renamed where the rule has delete`() throws {
        let program = try GuardedProgram(rules: ["allow rw new-* create delete"])
        let answers = try program.run(
            "open \(program.image("new-a")) 0102", "rename \(program.image("new-a")) \(program.image("new-b"))",
            "stat \(program.image("new-a"))", "unlink \(program.image("new-b"))", "stat \(program.image("new-b"))")
        #expect(answers == ["ok", "ok", "ENOENT", "ok", "ENOENT"])
        let changes = try program.records().filter { $0.event == "changing" }
        #expect(changes.map { $0["operation"] } == ["rename", "unlink"])
        #expect(changes.map { $0["target"] } == [program.image("new-b"), nil])
        #expect(changes.map(\.name) == [program.image("new-a"), program.image("new-b")])
        #expect(changes.allSatisfy { $0["rule"]?.hasSuffix("policy:9") == true })
    }

    /// What lies there is not what the rules are about: perhaps what is beneath a mount that is missing.
    @Test func `on another file system than the root names nothing is looked at, removed or renamed`() throws {
        let program = try GuardedProgram(rules: ["filesystem nfs4", "allow rw new-* create delete"])
        for name in ["new-a", "new-b"] { try program.directory.file("images/\(name)", name) }
        let before = try TreeSnapshot(of: program.images)
        let commands = [
            "stat %i/disk.raw", "lstat %i/disk.raw", "access %i/disk.raw 0", "readlink %i/disk.raw 100", "lstat %i",
            "unlink %i/new-a", "rename %i/new-a %i/new-c", "rename %i/new-a %i/new-b", "open %i/new-d 0102",
        ]
        #expect(try program.run(commands) == Array(repeating: "EACCES", count: commands.count))
        #expect(try TreeSnapshot(of: program.images) == before)
        let reasons = Set(try program.records("refused").map(\.reason))
        #expect(reasons.count == 1 && reasons.first?.hasSuffix("which the root's `filesystem` does not name") == true)
    }

    @Test func `a file that comes while another is renamed to its name stays, where the rule has no delete`() throws {
        let program = try GuardedProgram(rules: ["allow rw old-* create delete", "allow rw target create"])
        let rounds = 400
        for number in 0..<rounds { try program.directory.file("images/old-\(number)", "old") }
        let (target, isOver) = (program.image("target"), Flag())
        let rival = Foundation.Thread {
            var lost = 0
            while !isOver.isSet {
                let file = unsafe open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
                if file < 0 {
                    // The program's: away with it, for the next round.
                    unsafe unlink(target)
                    continue
                }
                var own = stat()
                var there = stat()
                usleep(50)
                _ = unsafe fstat(file, &own)
                if unsafe stat(target, &there) != 0 || there.st_ino != own.st_ino { lost += 1 }
                unsafe unlink(target)
                close(file)
                usleep(200)
            }
            isOver.finish(lost)
        }
        rival.start()
        let answers = try program.run((0..<rounds).map { "rename %i/old-\($0) %i/target" })
        #expect(isOver.stop() == 0)
        #expect(Set(answers) == ["ok", "EACCES"])
    }

    @Test func `where only writing is granted, a missing name is said to be missing`() throws {
        let program = try GuardedProgram(rules: ["allow wo console.log create"])
        #expect(
            try program.run("stat %i/console.log", "access %i/console.log 0", "access %i/console.log 4")
                == ["ENOENT", "ENOENT", "EACCES"])
    }

    @Test func `a link on the way to what is granted is a link`() throws {
        let program = try GuardedProgram(rules: [
            "symlinks inside", "allow ro current/disk", "allow ro releases/5/disk",
        ])
        try program.directory.directory("images/releases")
        try program.directory.directory("images/releases/5")
        try program.directory.file("images/releases/5/disk")
        try program.directory.symlink("images/current", to: "releases/5")
        #expect(
            try program.run(
                "lstat %i/current", "readlink %i/current 100", "stat %i/current", "realpath %i/current/disk")
                == ["ok 0120000", "ok releases/5", "ok 4096 040755", "ok \(program.image("releases/5/disk"))"])
    }

    @Test func `a link is read where it may be followed`() throws {
        let program = try GuardedProgram(rules: ["symlinks inside", "allow ro link"])
        try program.directory.symlink("images/link", to: "disk.raw")
        let link = program.image("link")
        #expect(
            try program.run(
                "readlink \(link) 100", "readlink \(link) 4", "lstat \(link)", "stat \(link)", "open \(link) 0")
                == ["ok disk.raw", "ok disk", "ok 0120000", "ok 5 0100600", "ok image"])
    }

    @Test func `a refusal says which call it was`() throws {
        let program = try GuardedProgram()
        #expect(
            try program.run("chmod \(program.image("disk.raw"))", "unlink \(program.image("disk.raw"))") == [
                "EPERM", "EACCES",
            ])
        let refusals = try program.records().filter { $0.event == "refused" }
        #expect(refusals.map { $0["operation"] } == ["chmod", "unlink"])
        #expect(refusals.map(\.reason).first == "the broker does this for nobody")
        #expect(refusals.map(\.reason).last?.hasSuffix("policy:8 has no `delete`") == true)
    }

    @Test func `with strict every name is the policy's, the program's own files too`() throws {
        let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(components: "policy", "examples", "qemu-runtime.policy")
        let program = try GuardedProgram(
            rules: ["allow rw run.pid create delete"], statements: ["include \"qemu-runtime.policy\""])
        try FileManager.default.copyItem(atPath: examples.path, toPath: program.directory.path("qemu-runtime.policy"))
        program.options = ["--strict"]
        #expect(
            try program.run(
                "open %i/disk.raw 2", "open %i/secret.raw 0", "open %w/own 0102", "open /etc/shadow 0",
                "stat %w/own", "mkdir %w/folder", "chmod %w/own", "bind %w/socket", "open /proc/1/status 0",
                "open %i/run.pid 0101", "realpath %i/run.pid", "unlink %i/run.pid")
                == [
                    "ok image", "EACCES", "EACCES", "EACCES", "EACCES", "EACCES", "EPERM", "ok", "EACCES", "ok",
                    "ok \(program.image("run.pid"))", "ok",
                ])
        #expect(try program.directory.status("work/socket").permissions == 0o755)
        #expect(try program.run("open /proc/self/status 0")[0] == "ok Name:\tprobe")
        // Another directory for each process that asks: that one stands where another was says no record.
        #expect(try program.records("root-reopened").isEmpty)
        #expect(
            try program.run("child open %i/disk.raw 0", "readlink /proc/self/exe 200") == [
                "ok image", "ok \(program.directory.path("bin/probe"))",
            ])
    }

    @Test func `what the policy says nothing about is the program's own affair`() throws {
        let program = try GuardedProgram()
        #expect(
            try program.run(
                "open \(program.work("own")) 0102", "chmod \(program.work("own"))",
                "rename \(program.work("own")) \(program.work("other"))", "mkdir \(program.work("folder"))",
                "unlink \(program.work("other"))", "open /etc/shadow 0") == ["ok", "ok", "ok", "ok", "ok", "EACCES"])
        #expect(try program.records().allSatisfy { $0.event != "refused" })
    }
}

/// Ends a thread, and what that found.
private final class Flag: Sendable {
    private let isOver = Atomic(false)
    private let found = Mutex<Int?>(nil)

    var isSet: Bool { isOver.load(ordering: .acquiring) }
    func finish(_ count: Int) { found.withLock { $0 = count } }

    func stop() -> Int? {
        isOver.store(true, ordering: .releasing)
        return poll { found.withLock { $0 } }
    }
}
