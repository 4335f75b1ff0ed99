import HookLinux
import SystemPackage
import TestSupport
import Testing

struct CreationTests {
    private static let create = OpenFlag.readWrite | OpenFlag.create

    static let refused = [
        Attack(
            "a rule without `create`", rules: "allow rw new", name: "TOP/images/new", flags: create,
            .refused(.permissionDenied, "create", "grants rw, but does not create: it has no `create`")),
        Attack(
            "no O_CREAT", rules: "allow rw new create", name: "TOP/images/new",
            .refused(.noSuchFileOrDirectory, "resolve", "the kernel: ENOENT")),
        Attack(
            "outside of the pattern", rules: "allow rw snapshots/*.qcow2 create", name: "TOP/images/snapshots/a.raw",
            flags: create, .refused(.permissionDenied, "policy", "no rule grants anything on")
        ) { try $0.directory("images/snapshots") },
        Attack(
            "in a directory below the pattern", rules: "allow rw *.qcow2 create", name: "TOP/images/sub/a.qcow2",
            flags: create, .refused(.permissionDenied, "policy", "no rule grants anything on")
        ) { try $0.directory("images/sub") },
        Attack(
            "a parent directory that is missing", rules: "allow rw ** create", name: "TOP/images/missing/new",
            flags: create, .refused(.noSuchFileOrDirectory, "resolve", "the kernel: ENOENT")),
        Attack(
            "a parent that is a file", rules: "allow rw ** create", name: "TOP/images/disk/new", flags: create,
            .refused(.notDirectory, "resolve", "the kernel: ENOTDIR")),
        Attack(
            "a parent that is a link", rules: "allow rw ** create", name: "TOP/images/way/new", flags: create,
            .refused(.tooManySymbolicLinkLevels, "resolve", "a symbolic link is on the way")
        ) { try $0.symlink("images/way", to: "../outside") },
        Attack(
            "a parent that leads out", rules: "allow rw ** create symlinks inside", name: "TOP/images/way/new",
            flags: create, .refused(.permissionDenied, "resolve", "escape")
        ) { try $0.symlink("images/way", to: "../outside") },
        Attack(
            "a real name that no rule grants", rules: "allow rw way/* create symlinks inside",
            name: "TOP/images/way/new", flags: create,
            .refused(.permissionDenied, "object", "no rule grants anything on TOP/images/pool/new")
        ) {
            try $0.directory("images/pool")
            try $0.symlink("images/way", to: "pool")
        },
        Attack(
            "a real name whose rule does not create",
            rules: "allow rw way/* create symlinks inside\nallow rw pool/*", name: "TOP/images/way/new",
            flags: create, .refused(.permissionDenied, "create", "it has no `create`")
        ) {
            try $0.directory("images/pool")
            try $0.symlink("images/way", to: "pool")
        },
        Attack(
            "O_EXCL on a name that exists", rules: "allow rw disk create", name: "TOP/images/disk",
            flags: create | OpenFlag.exclusive,
            .refused(.fileExists, "create", "the name exists, and O_EXCL asks that it must not")),
        Attack(
            "O_EXCL and O_TRUNC on a name that exists", rules: "allow rw disk create", name: "TOP/images/disk",
            flags: create | OpenFlag.exclusive | OpenFlag.truncate,
            .refused(.fileExists, "create", "the name exists, and O_EXCL asks that it must not")),
        Attack(
            "the limit is reached", rules: "allow rw *.qcow2 create limit 2", name: "TOP/images/c.qcow2",
            flags: create, .refused(.permissionDenied, "create", "2 files match the rule already: that is its `limit`")
        ) {
            try $0.file("images/a.qcow2")
            try $0.symlink("images/b.qcow2", to: "nothing")
        },
        Attack(
            "a denied name", rules: "allow rw ** create\ndeny rw private", name: "TOP/images/private/new",
            flags: create, .refused(.permissionDenied, "policy", "denies rw")
        ) { try $0.directory("images/private") },
        Attack(
            "a name that is too long for the file system", rules: "allow rw ** create",
            name: "TOP/images/" + String(repeating: "n", count: 256), flags: create,
            .refused(.fileNameTooLong, "resolve", "the kernel: ENAMETOOLONG")),
    ]

    @Test(arguments: refused) func `nothing is made that the rule does not let make`(attack: Attack) throws {
        try attack.run()
    }

    @Test(arguments: [("no clause", "", 0o600), ("mode 0640", "mode 0640", 0o640), ("mode 0777", "mode 0777", 0o777)])
    func `a created file has the rule's mode, not the request's, and no umask is applied`(
        what: String, clause: String, mode: UInt32
    ) throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw new create \(clause)") { $0.shell = "umask 077" }
        let answer = try server.connect().open(scene.name("new"), Self.create, mode: 0o4777)
        let file = try #require(answer.file, "\(answer)")
        #expect(try file.status.permissions == mode)
        #expect(file.write("x"))
        let creating = try #require(try server.records("creating").first)
        #expect(creating["mode"] == "0" + String(mode, radix: 8))
        #expect(try server.records("opened").first?["inode"] == "\(scene.top.status("images/new").identity.inode)")
    }

    @Test(.enabled(if: Privilege.isRoot, "needs root, to give files away"))
    func `a created file has the rule's owner`() throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw new create owner 12345:23456 mode 0400")
        let answer = try server.connect().open(scene.name("new"), Self.create | OpenFlag.exclusive)
        let status = try #require(try answer.file?.status)
        #expect(status.owner == 12345)
        #expect(status.group == 23456)
        #expect(status.permissions == 0o400)
    }

    @Test func `the limit counts what exists at that moment`() throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw s/*.qcow2 create limit 2\nallow rw s/other.raw create")
        try scene.top.directory("images/s")
        let connection = try server.connect()
        func make(_ name: String) throws -> Errno? { try connection.open(scene.name("s/\(name)"), Self.create).errno }
        #expect(try make("a.qcow2") == nil)
        #expect(try make("other.raw") == nil)
        #expect(try make("b.qcow2") == nil)
        #expect(try make("c.qcow2") == .permissionDenied)
        #expect(try make("b.qcow2") == nil)
        try scene.top.remove("images/s/a.qcow2")
        #expect(try make("c.qcow2") == nil)
    }

    @Test func `a name that exists is opened as it is, whatever mode is asked for`() throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw disk create mode 0666")
        let before = try TreeSnapshot(of: scene.top.path)
        #expect(try server.connect().open(scene.name("disk"), Self.create, mode: 0o777).file?.read() == "image")
        #expect(try TreeSnapshot(of: scene.top.path) == before)
    }

    @Test func `one name that many ask to create at once is made once`() throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw new* create")
        let connections = try (0..<16).map { _ in try server.connect() }
        for round in 0..<20 {
            let flags = Self.create | OpenFlag.exclusive
            for connection in connections {
                try connection.send(RawConnection.request(Array(scene.name("new\(round)").utf8), flags))
            }
            let answers = try connections.map { try $0.reply().answer }
            #expect(answers.count { $0.file != nil } == 1)
            #expect(answers.count { $0.errno == .fileExists } == 15)
        }
    }
}

struct TruncationTests {
    private static let truncate = OpenFlag.readWrite | OpenFlag.truncate

    @Test(arguments: [OpenFlag.readWrite, OpenFlag.writeOnly])
    func `O_TRUNC cuts the file once it is granted`(mode: CInt) throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw disk")
        let file = try #require(try server.connect().open(scene.name("disk"), mode | OpenFlag.truncate).file)
        #expect(try file.status.size == 0)
        #expect(file.statusFlags & OpenFlag.truncate == 0)
    }

    static let refused = [
        Attack(
            "O_RDONLY", name: "TOP/images/disk", flags: OpenFlag.truncate,
            .refused(.invalidArgument, "flags", "O_TRUNC with O_RDONLY")),
        Attack(
            "a rule for reading", rules: "allow ro disk", name: "TOP/images/disk", flags: truncate,
            .refused(.permissionDenied, "policy", "grants ro, rw was asked")),
        Attack(
            "no rule", name: "TOP/outside/secret", flags: truncate,
            .refused(.permissionDenied, "policy", "no rule grants anything")),
        Attack(
            "a denied file", rules: "allow rw **\ndeny wo disk", name: "TOP/images/disk", flags: truncate,
            .refused(.permissionDenied, "policy", "denies wo")),
        Attack(
            "a flag that is not accepted", name: "TOP/images/disk", flags: truncate | OpenFlag.pathOnly,
            .refused(.invalidArgument, "flags", "O_PATH")),
        Attack(
            "a name that cannot be climbed", name: "TOP/images/disk/../disk", flags: truncate,
            .refused(.invalidArgument, "name", "what stands before `..`")),
        Attack(
            "another file system type", rules: "allow rw disk\nfilesystem nfs4", name: "TOP/images/disk",
            flags: truncate, .refused(.permissionDenied, "object", "which the root's `filesystem` does not name")),
    ]

    @Test(arguments: refused) func `nothing is cut that is not granted`(attack: Attack) throws {
        try attack.run()
    }
}
