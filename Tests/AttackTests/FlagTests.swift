import HookLinux
import SystemPackage
import TestSupport
import Testing

/// A bit of the flags, and whether it is accepted.
struct FlagBit: Sendable, CustomTestStringConvertible {
    let bit: Int
    var flag: CInt { CInt(bitPattern: 1 << UInt32(bit)) }

    private static let accepted: [(CInt, String)] = [
        (OpenFlag.readWrite, "O_RDWR"), (OpenFlag.create, "O_CREAT"), (OpenFlag.exclusive, "O_EXCL"),
        (OpenFlag.noControllingTerminal, "O_NOCTTY"), (OpenFlag.truncate, "O_TRUNC"), (OpenFlag.append, "O_APPEND"),
        (OpenFlag.nonBlocking, "O_NONBLOCK"), (OpenFlag.dataSync, "O_DSYNC"),
        (OpenFlag.sync & ~OpenFlag.dataSync, "O_SYNC without O_DSYNC"), (OpenFlag.direct, "O_DIRECT"),
        (OpenFlag.largeFile, "O_LARGEFILE"), (OpenFlag.noFollow, "O_NOFOLLOW"), (OpenFlag.noAccessTime, "O_NOATIME"),
        (OpenFlag.closeOnExec, "O_CLOEXEC"),
    ]

    private var name: String? { Self.accepted.first { $0.0 == flag }?.1 }
    var isAccepted: Bool { name != nil }
    var testDescription: String { "bit \(bit), " + (name ?? "refused") }
}

struct FlagTests {
    @Test(arguments: (0..<32).map { FlagBit(bit: $0) })
    func `each bit beside O_RDWR is accepted or EINVAL`(bit: FlagBit) throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw disk")
        let before = try TreeSnapshot(of: scene.top.path)
        let answer = try server.connect().open(scene.name("disk"), OpenFlag.readWrite | bit.flag)
        if bit.isAccepted {
            #expect(answer.file != nil, "\(answer)")
        } else {
            #expect(answer.errno == .invalidArgument)
            let record = try #require(try server.records("refused").last)
            #expect(record.stage == "flags")
            let isAccessMode = bit.bit == 0
            #expect(
                record.reason.hasPrefix(
                    isAccessMode ? "the access mode is none of" : "flags that the broker does not pass on: "))
        }
        if bit.flag == OpenFlag.truncate {
            #expect(try scene.top.text("images/disk").isEmpty)
        } else {
            #expect(try TreeSnapshot(of: scene.top.path) == before)
        }
    }

    /// The only bit of all 32, of a file that may be written: `O_RDONLY` beside the two bits of the access mode.
    @Test(arguments: (0..<32).map { FlagBit(bit: $0) })
    func `each bit all alone is an access mode, accepted, or EINVAL`(bit: FlagBit) throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw disk")
        let before = try TreeSnapshot(of: scene.top.path)
        let answer = try server.connect().open(scene.name("disk"), bit.flag)
        let isAccessMode = bit.flag == OpenFlag.writeOnly || bit.flag == OpenFlag.readWrite
        // There is nothing to cut for one who may not write.
        if isAccessMode || bit.isAccepted && bit.flag != OpenFlag.truncate {
            let file = try #require(answer.file, "\(answer)")
            #expect(file.statusFlags & OpenFlag.accessMode == (isAccessMode ? bit.flag : OpenFlag.readOnly))
        } else {
            #expect(answer.errno == .invalidArgument)
            #expect(try server.records("refused").last?.stage == "flags")
        }
        #expect(try TreeSnapshot(of: scene.top.path) == before)
    }

    @Test(arguments: [
        ("O_DIRECTORY", OpenFlag.directory), ("O_PATH", OpenFlag.pathOnly), ("O_ASYNC", 0o20000),
        ("O_TMPFILE", 0o20_000_000 | OpenFlag.directory), ("the highest bit", CInt.min),
    ])
    func `flags that change what is opened are EINVAL even for a name that no rule grants`(
        what: String, flag: CInt
    ) throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw disk")
        #expect(
            try server.connect().open(scene.top.path("outside/secret"), OpenFlag.readWrite | flag).errno
                == .invalidArgument)
    }

    static let modes: [(granted: String, mode: CInt, name: String, expected: Errno?)] = [
        ("ro", OpenFlag.readOnly, "O_RDONLY", nil), ("ro", OpenFlag.writeOnly, "O_WRONLY", .permissionDenied),
        ("ro", OpenFlag.readWrite, "O_RDWR", .permissionDenied), ("ro", 3, "3", .invalidArgument),
        ("wo", OpenFlag.readOnly, "O_RDONLY", .permissionDenied), ("wo", OpenFlag.writeOnly, "O_WRONLY", nil),
        ("wo", OpenFlag.readWrite, "O_RDWR", .permissionDenied), ("wo", 3, "3", .invalidArgument),
        ("rw", OpenFlag.readOnly, "O_RDONLY", nil), ("rw", OpenFlag.writeOnly, "O_WRONLY", nil),
        ("rw", OpenFlag.readWrite, "O_RDWR", nil), ("rw", 3, "3", .invalidArgument),
    ]

    @Test(arguments: modes)
    func `a rule grants its access and no other`(
        row: (granted: String, mode: CInt, name: String, expected: Errno?)
    ) throws {
        let scene = try Scene()
        let server = try scene.serve("allow \(row.granted) disk")
        let answer = try server.connect().open(scene.name("disk"), row.mode)
        #expect(answer.errno == row.expected)
        if row.expected == nil { #expect(answer.file.map { $0.statusFlags & OpenFlag.accessMode } == row.mode) }
    }

    static let statuses: [(String, CInt)] = [
        ("none", 0), ("O_APPEND", OpenFlag.append), ("O_DIRECT", OpenFlag.direct), ("O_SYNC", OpenFlag.sync),
        ("O_DSYNC", OpenFlag.dataSync), ("O_NONBLOCK", OpenFlag.nonBlocking), ("O_NOATIME", OpenFlag.noAccessTime),
        ("O_CLOEXEC", OpenFlag.closeOnExec), ("O_NOCTTY", OpenFlag.noControllingTerminal),
        ("O_EXCL", OpenFlag.exclusive), ("O_CREAT", OpenFlag.create),
        ("many", OpenFlag.append | OpenFlag.direct | OpenFlag.sync | OpenFlag.nonBlocking | OpenFlag.noAccessTime),
    ]

    @Test(arguments: statuses, [OpenFlag.readOnly, OpenFlag.writeOnly, OpenFlag.readWrite])
    func `F_GETFL is what the client's own open would give`(flag: (String, CInt), mode: CInt) throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw disk create")
        let answer = try server.connect().open(scene.name("disk"), mode | flag.1)
        let file = try #require(answer.file, "\(answer)")
        let own = try GrantedFile(opening: scene.name("disk"), flags: mode | flag.1 | OpenFlag.closeOnExec)
        #expect(file.statusFlags == own.statusFlags)
        #expect(file.statusFlags & OpenFlag.closeOnExec == 0)
    }

    @Test func `F_GETFL of a file that was just created is what the client's own open would give`() throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw new* create")
        for (name, flag) in Self.statuses {
            let path = scene.name("new \(name)")
            let answer = try server.connect().open(path, OpenFlag.readWrite | OpenFlag.create | flag)
            let file = try #require(answer.file, "\(name): \(answer)")
            let own = try GrantedFile(
                opening: path, flags: (OpenFlag.readWrite | flag | OpenFlag.closeOnExec) & ~OpenFlag.exclusive)
            #expect(file.statusFlags == own.statusFlags, "\(name)")
        }
    }
}

struct DescriptionTests {
    @Test func `every grant is a fresh open file description`() throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw disk")
        let connection = try server.connect()
        let first = try #require(try connection.open(scene.name("disk"), OpenFlag.readWrite).file)
        #expect(first.read(3) == "ima")
        #expect(first.lock())
        for _ in 2...100 {
            let next = try #require(try connection.open(scene.name("disk"), OpenFlag.readWrite).file)
            #expect(next.offset == 0)
            #expect(!next.lock())
        }
        #expect(first.offset == 3)
        #expect(first.lock())
    }

    @Test func `status flags of one grant are not seen by another`() throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw disk")
        let connection = try server.connect()
        let appending = try #require(
            try connection.open(scene.name("disk"), OpenFlag.readWrite | OpenFlag.append).file)
        let plain = try #require(try connection.open(scene.name("disk"), OpenFlag.readWrite).file)
        #expect(plain.statusFlags & OpenFlag.append == 0)
        #expect(appending.write("!"))
        #expect(plain.write("I"))
        #expect(try scene.top.text("images/disk") == "Image!")
    }
}
