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

        init(_ name: String, _ commands: [String], _ answers: [String]) {
            (testDescription, self.commands, self.answers) = (name, commands, answers)
        }
    }

    /// `%i` is the images' directory, `%w` the program's own.
    static let ways = [
        Way("io_uring", ["uring %i/secret.raw"], ["ENOSYS"]),
        Way("a file handle", ["handle %i/secret.raw"], ["EPERM EPERM"]),
        Way("a read-only descriptor, opened again", ["reopen %i/base.raw"], ["EACCES"]),
        Way("the root of a process", ["open /proc/self/root%i/secret.raw 0"], ["EACCES"]),
        Way("the working directory of a process", ["chdir %i", "open /proc/self/cwd/secret.raw 0"], ["ok", "EACCES"]),
        Way("a relative name", ["chdir %i", "open secret.raw 0", "open disk.raw 0"], ["ok", "EACCES", "ok image"]),
        Way(
            "a relative name with ..", ["chdir %w", "open ../images/secret.raw 0", "open ../images/disk.raw 0"],
            ["ok", "EACCES", "ok image"]),
        Way(
            "a directory's descriptor", ["openat / .%i/secret.raw 0", "openat / .%i/disk.raw 0"],
            ["EACCES", "ok image"]),
        Way("a symbolic link from outside", ["symlink %i/secret.raw %w/link", "open %w/link 0"], ["ok", "EACCES"]),
        Way(
            "a symbolic link to the directory", ["symlink %i %w/links", "open %w/links/secret.raw 0"], ["ok", "EACCES"]),
        Way(".. behind a symbolic link", ["symlink %i %w/up", "open %w/up/../images/secret.raw 0"], ["ok", "EACCES"]),
        Way("a child", ["child open %i/secret.raw 0", "child open %i/disk.raw 0"], ["EACCES", "ok image"]),
        Way("a 32-bit call", ["child int80 %i/secret.raw"], []),
        Way("an x32 call", ["child x32 %i/secret.raw"], []),
        Way("truncate", ["truncate %i/secret.raw"], ["EPERM"]),
        Way("chmod", ["chmod %i/secret.raw"], ["EPERM"]),
        Way("setxattr", ["setxattr %i/secret.raw"], ["EPERM"]),
        Way("link", ["link %i/secret.raw %w/mine"], ["EPERM"]),
        Way("an abstract socket", ["connect @openhook"], ["EACCES"]),
        Way("a datagram socket", ["datagram"], ["EACCES"]),
    ]

    @Test(arguments: ways)
    func `a way around the broker leads nowhere`(way: Way) throws {
        let program = try GuardedProgram(rules: ["allow ro base.raw"])
        // Readable and writable by everybody: the wall must hold where modes do not.
        try program.directory.file("images/base.raw", "base", mode: 0o666)
        let answers = try program.run(way.commands)
        #expect(answers == way.answers)
    }

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
        "userfaultfd 323", "chroot 161",
    ])
    func `what reaches files by other ways than names is refused outright`(call: String) throws {
        #if arch(x86_64)
            let number = call.split(separator: " ")[1]
            #expect(try GuardedProgram().run("call \(number)") == ["EPERM"])
        #endif
    }
}
