import Foundation
import HookLinux
import SystemPackage
import Testing
import TestSupport

/// Ways by which a program could come to a file that it was not given.
@Suite(.enabled(if: GuardedProgram.isPossible))
struct WayAroundTests {
    @Test func `a name that changes after the check leads to no other file`() throws {
        let program = try GuardedProgram()
        try program.directory.file("images/xxxx.raw", "secret")
        try program.write(rules: [], statements: ["rate off"])
        // Names of one length, because they are exchanged in place.
        let answer = try program.run("flip \(program.image("disk.raw")) \(program.image("xxxx.raw")) 20000")
        #expect(answer == ["0 secret, some granted, some denied"])
    }

    @Test func `a managed name that changes into one outside, and back, leads to no other file`() throws {
        let program = try GuardedProgram(statements: ["rate off"])
        let depth = program.images.utf8.count + "/secret.raw".utf8.count - "/etc/".utf8.count
        let outside = "/etc/" + String(repeating: "x", count: depth)
        let answer = try program.run("flip \(program.image("secret.raw")) \(outside) 2000")
        #expect(answer == ["0 secret, none granted, some denied"])
    }

    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let commands: [String]
        let answers: [String]
        /// The operation, stage and name of each refusal that is recorded.
        let refusals: [String]

        init(_ name: String, _ commands: [String], _ answers: [String], refusals: [String] = []) {
            (testDescription, self.commands, self.answers) = (name, commands, answers)
            self.refusals = refusals
        }
    }

    /// `%i` is the images' directory, `%w` the program's own.
    static let ways = [
        Way("io_uring, to connect", ["uringconnect @openhook"], ["ENOSYS"]),
        Way("io_uring", ["uring %i/secret.raw"], ["ENOSYS"]),
        Way("a file handle", ["handle %i/secret.raw"], ["EPERM EPERM"]),
        Way("a read-only descriptor, opened again", ["reopen %i/base.raw"], ["EACCES"]),
        Way("the root of a process", ["open /proc/self/root%i/secret.raw 0"], ["EACCES"]),
        Way("the root of a process, by its number", ["ownroot %i/secret.raw"], ["EACCES"]),
        Way("the working directory of a process", ["chdir %i", "open /proc/self/cwd/secret.raw 0"], ["ok", "EACCES"]),
        Way(
            "a relative name", ["chdir %i", "open secret.raw 0", "open disk.raw 0"], ["ok", "EACCES", "ok image"],
            refusals: ["open policy %i/secret.raw"]),
        Way(
            "a relative name with ..", ["chdir %w", "open ../images/secret.raw 0", "open ../images/disk.raw 0"],
            ["ok", "EACCES", "ok image"], refusals: ["open policy %i/secret.raw"]),
        Way(
            "a directory's descriptor", ["openat / .%i/secret.raw 0", "openat / .%i/disk.raw 0"],
            ["EACCES", "ok image"], refusals: ["open policy %i/secret.raw"]),
        Way("a symbolic link from outside", ["symlink %i/secret.raw %w/link", "open %w/link 0"], ["ok", "EACCES"]),
        Way(
            "a symbolic link to the directory", ["symlink %i %w/links", "open %w/links/secret.raw 0"], ["ok", "EACCES"]),
        Way(".. behind a symbolic link", ["symlink %i %w/up", "open %w/up/../images/secret.raw 0"], ["ok", "EACCES"]),
        Way(
            "a child", ["child open %i/secret.raw 0", "child open %i/disk.raw 0"], ["EACCES", "ok image"],
            refusals: ["open policy %i/secret.raw"]),
        Way("a 32-bit call", ["child int80 %i/secret.raw"], ["killed SIGSYS"]),
        Way("an x32 call", ["child x32 %i/secret.raw"], ["killed SIGSYS"]),
        Way(
            "a 32-bit call of another thread than the first", ["child thread int80 %i/secret.raw"], ["killed SIGSYS"]),
        Way("truncate", ["truncate %i/secret.raw"], ["EPERM"], refusals: ["truncate policy %i/secret.raw"]),
        Way("chmod", ["chmod %i/secret.raw"], ["EPERM"], refusals: ["chmod policy %i/secret.raw"]),
        Way("setxattr", ["setxattr %i/secret.raw"], ["EPERM"], refusals: ["setxattr policy %i/secret.raw"]),
        Way("link", ["link %i/secret.raw %w/mine"], ["EPERM"], refusals: ["link policy %i/secret.raw"]),
        Way("an abstract socket", ["connect @openhook"], ["EACCES"], refusals: ["connect policy socket"]),
        Way("a datagram socket", ["datagram"], ["EACCES"]),
    ]

    @Test(arguments: ways)
    func `a way around the broker leads nowhere`(way: Way) throws {
        let program = try GuardedProgram(rules: ["allow ro base.raw"])
        // Readable and writable by everybody: the wall must hold where modes do not.
        try program.directory.file("images/base.raw", "base", mode: 0o666)
        let answers = try program.run(way.commands)
        #expect(answers == way.answers)
        let refusals = try program.records("refused").map { record in
            "\(record["operation"] ?? "open") \(record.stage ?? "") \(record.name ?? "")"
                .replacing(program.images, with: "%i").replacing(program.directory.path("work"), with: "%w")
        }
        #expect(refusals == way.refusals)
    }

    /// `io_uring allow` takes the broker out of the way. Landlock stays, and knows nothing of sockets that have names:
    /// `openhook check` says what that costs.
    @Test(.enabled(if: Self.hasIOUring))
    func `with io_uring, the wall alone decides`() throws {
        let program = try GuardedProgram(statements: ["io_uring allow"])
        let listener = try UnixSocket(.stream)
        try listener.bind(to: SystemPath(text: program.directory.path("admin")))
        try listener.listen()
        try program.directory.setMode("admin", 0o666)
        #expect(
            try program.run(
                "uring %i/secret.raw", "uringconnect \(program.directory.path("admin"))", "uring /etc/passwd")
                == ["EACCES", "ok", "ok"])
        #expect(try program.records("refused").isEmpty)
        _ = listener.descriptor.number
    }

    private static let hasIOUring =
        (try? String(contentsOfFile: "/proc/sys/kernel/io_uring_disabled", encoding: .utf8))?.first == "0"

    @Test func `what a library does when it is loaded is answered, too`() throws {
        let program = try GuardedProgram(statements: ["own ro DIR/lib"])
        try program.directory.directory("lib")
        try program.directory.file(
            "lib/constructor.c",
            """
            #include <fcntl.h>
            #include <stdio.h>
            __attribute__((constructor)) static void begin(void) {
              puts(open("\(program.image("secret.raw"))", O_RDONLY) < 0 ? "refused" : "opened");
              puts(open("\(program.image("disk.raw"))", O_RDONLY) < 0 ? "refused" : "opened");
            }
            """)
        let library = program.directory.path("lib/constructor.so")
        _ = try Program.run(
            "cc", ["-shared", "-fPIC", "-o", library, program.directory.path("lib/constructor.c")],
            environment: ["PATH=/usr/bin:/bin"])
        try program.directory.setMode("lib/constructor.so", 0o755)
        #expect(try program.run("dlopen \(library)") == ["refused", "opened", "ok"])
    }

    @Test(arguments: [
        "setns 308", "unshare 272", "mount 165", "bpf 321", "ptrace 101", "pidfd_getfd 438", "open_tree 428",
        "userfaultfd 323", "chroot 161", "process_vm_readv 310", "process_vm_writev 311", "process_madvise 440",
        "acct 163", "swapon 167", "quotactl 179", "fanotify_init 300", "fsopen 430",
    ])
    func `what reaches files by other ways than names is refused outright`(call: String) throws {
        #if arch(x86_64)
            let number = call.split(separator: " ")[1]
            #expect(try GuardedProgram().run("call \(number)") == ["EPERM"])
        #endif
    }
}
