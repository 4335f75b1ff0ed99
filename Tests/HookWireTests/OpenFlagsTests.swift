import Glibc
import HookWire
import Testing

@Suite struct OpenFlagsTests {
    @Test(arguments: [
        ("O_RDONLY", OpenFlags.readOnly, O_RDONLY), ("O_WRONLY", .writeOnly, O_WRONLY),
        ("O_RDWR", .readWrite, O_RDWR), ("O_ACCMODE", .accessMode, O_ACCMODE), ("O_CREAT", .create, O_CREAT),
        ("O_EXCL", .exclusive, O_EXCL), ("O_NOCTTY", .noControllingTerminal, O_NOCTTY),
        ("O_TRUNC", .truncate, O_TRUNC), ("O_APPEND", .append, O_APPEND), ("O_NONBLOCK", .nonBlocking, O_NONBLOCK),
        ("O_DSYNC", .dataSync, O_DSYNC), ("O_SYNC", .sync, O_SYNC), ("O_ASYNC", .async, O_ASYNC),
        ("O_DIRECTORY", .directory, O_DIRECTORY), ("O_NOFOLLOW", .noFollow, O_NOFOLLOW),
        ("O_CLOEXEC", .closeOnExec, O_CLOEXEC),
    ])
    func `numbers are those of glibc`(name: String, flags: OpenFlags, number: CInt) {
        #expect(flags.rawValue == UInt32(number), "\(name)")
    }

    /// glibc shows these to GNU programs only, or as 0; here are the kernel's, from asm/fcntl.h.
    @Test func `numbers that glibc keeps to itself are those of the kernel`() {
        #if arch(arm64)
            #expect(OpenFlags.direct.rawValue == 0o200_000)
            #expect(OpenFlags.largeFile.rawValue == 0o400_000)
        #else
            #expect(OpenFlags.direct.rawValue == 0o40_000)
            #expect(OpenFlags.largeFile.rawValue == 0o100_000)
        #endif
        #expect(OpenFlags.noAccessTime.rawValue == 0o1_000_000)
        #expect(OpenFlags.path.rawValue == 0o10_000_000)
        #expect(OpenFlags.temporaryFile.rawValue == 0o20_000_000 | UInt32(O_DIRECTORY))
    }

    @Test func `the access is one of three or none`() {
        #expect(OpenFlags(rawValue: 0).access == .readOnly)
        #expect(OpenFlags(rawValue: 0x4001).access == .writeOnly)
        #expect(OpenFlags([.readWrite, .create]).access == .readWrite)
        #expect(OpenFlags(rawValue: 3).access == nil)
    }

    @Test(
        arguments: [
            ([], "O_RDONLY"),
            ([.readWrite, .direct], "O_RDWR|O_DIRECT"),
            ([.writeOnly, .create, .truncate], "O_WRONLY|O_CREAT|O_TRUNC"),
            ([.readOnly, .sync], "O_RDONLY|O_SYNC"),
            ([.readOnly, .dataSync], "O_RDONLY|O_DSYNC"),
            ([.readWrite, .temporaryFile], "O_RDWR|O_TMPFILE"),
            ([.readOnly, .directory], "O_RDONLY|O_DIRECTORY"),
            (.accessMode, "O_ACCMODE"),
            (OpenFlags(rawValue: 0x8000_0002), "O_RDWR|0x80000000"),
            (OpenFlags(rawValue: 0o4_000_000), "O_RDONLY|0x100000"),
        ] as [(OpenFlags, String)])
    func `flags are printed in words`(flags: OpenFlags, text: String) {
        #expect(flags.description == text)
    }

    @Test(
        arguments: [
            ("O_RDWR|O_DIRECT", [.readWrite, .direct]), ("rdwr,direct", [.readWrite, .direct]),
            ("RdWr | creat , excl", [.readWrite, .create, .exclusive]), ("ro", []), ("wo", .writeOnly),
            ("rw,cloexec", [.readWrite, .closeOnExec]), ("direct", .direct), ("0", []), ("2", .readWrite),
            ("0x4002", OpenFlags(rawValue: 0x4002)), ("0X4002", OpenFlags(rawValue: 0x4002)),
            ("040002", OpenFlags(rawValue: 0x4002)), ("0o40002", OpenFlags(rawValue: 0x4002)),
            ("O_RDWR|0x80000000", OpenFlags(rawValue: 0x8000_0002)), ("4294967295", OpenFlags(rawValue: .max)),
        ] as [(String, OpenFlags)])
    func `flags are read as people write them`(text: String, flags: OpenFlags) throws {
        #expect(try OpenFlags(parsing: text) == flags)
    }

    @Test func `what is printed can be read`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let flags = OpenFlags(rawValue: UInt32(truncatingIfNeeded: generator.next()))
            guard flags.access != nil else { continue }
            #expect(try OpenFlags(parsing: flags.description) == flags)
        }
    }

    private static let known = """
        rdonly, wronly, rdwr, creat, excl, noctty, trunc, append, nonblock, sync, dsync, async, direct, largefile, \
        tmpfile, directory, nofollow, noatime, cloexec, path, and numbers
        """

    @Test(arguments: [
        ("", "an open flag is missing"),
        ("rdwr,", "an open flag is missing"),
        ("rdwr||direct", "an open flag is missing"),
        ("rdwr,drect", "unknown open flag 'drect'; there are: \(known)"),
        ("0x", "unknown open flag '0x'; there are: \(known)"),
        ("0x1g", "unknown open flag '0x1g'; there are: \(known)"),
        ("08", "unknown open flag '08'; there are: \(known)"),
        ("-1", "unknown open flag '-1'; there are: \(known)"),
        ("1e3", "unknown open flag '1e3'; there are: \(known)"),
        ("0x100000000", "'0x100000000' does not fit the 32 bits of open flags"),
        ("wronly|rdwr", "'rdwr' is a second access beside the first; one of rdonly, wronly and rdwr is meant"),
    ])
    func `a mistake is named`(text: String, message: String) {
        let error = #expect(throws: OpenFlagsError.self) { try OpenFlags(parsing: text) }
        #expect(error?.description == message)
    }
}
