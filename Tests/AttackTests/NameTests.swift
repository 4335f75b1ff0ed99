import HookLinux
import SystemPackage
import TestSupport
import Testing

struct NameTests {
    private static let unresolvable = "what stands before `..` is no directory beneath a root of the policy"

    static let climbing = [
        Attack("`..` at the end of the root", name: "TOP/images/..", .refused(.permissionDenied, "policy", "no rule")),
        Attack(
            "`..` of the host's root", name: "/..",
            .refused(.permissionDenied, "policy", "no rule grants anything on /")),
        Attack("`..` at the start", name: "/../TOP/images/disk", .file("images/disk")),
        Attack("`..` after a directory", name: "TOP/images/a/../disk", .file("images/disk")) {
            try $0.directory("images/a")
        },
        Attack(
            "`..` at the end of a directory", rules: "allow rw **", name: "TOP/images/a/b/..",
            .refused(.isDirectory, "object", "the object is a directory")
        ) {
            try $0.directory("images/a")
            try $0.directory("images/a/b")
        },
        Attack(
            "`..` out of the root", name: "TOP/images/../outside/secret",
            .refused(.permissionDenied, "policy", "no rule grants anything on TOP/outside/secret")),
        Attack(
            "`..` out of the root and back in", name: "TOP/images/../images/disk",
            .file("images/disk")),
        Attack("`..` after a file", name: "TOP/images/disk/../disk", .refused(.invalidArgument, "name", unresolvable)),
        Attack(
            "`..` after a missing name", name: "TOP/images/missing/../disk",
            .refused(.invalidArgument, "name", unresolvable)),
        Attack(
            "`..` outside of every root", name: "TOP/outside/../images/disk",
            .refused(.invalidArgument, "name", unresolvable)),
        Attack(
            "`..` beneath a root in which nothing is granted", outside: "deny rw TOP/outside/secret",
            name: "TOP/outside/../images/disk", .refused(.invalidArgument, "name", unresolvable)),
        Attack(
            "`..` after a denied directory", rules: "allow rw **\ndeny rw hidden",
            name: "TOP/images/hidden/inner/../../disk", .refused(.invalidArgument, "name", unresolvable)
        ) {
            try $0.directory("images/hidden")
            try $0.directory("images/hidden/inner")
        },
        Attack(
            "`..` after a link to a denied directory", rules: "allow rw **\ndeny rw hidden",
            name: "TOP/images/way/../../disk", .refused(.invalidArgument, "name", unresolvable)
        ) {
            try $0.directory("images/hidden")
            try $0.directory("images/hidden/inner")
            try $0.symlink("images/way", to: "hidden/inner")
        },
        Attack(
            "many `..`", name: "TOP/images/../../../../../../../../etc/passwd",
            .refused(.invalidArgument, "name", unresolvable)),
        Attack(
            "`..` after a link, which text would get wrong", rules: "allow rw disk",
            name: "TOP/images/current/../disk",
            .refused(.permissionDenied, "policy", "no rule grants anything on TOP/images/deep/disk")
        ) {
            try $0.directory("images/deep")
            try $0.directory("images/deep/inner")
            try $0.file("images/deep/disk")
            try $0.symlink("images/current", to: "deep/inner")
        },
        Attack(
            "`..` after a link, as the kernel climbs", rules: "allow rw deep/disk",
            name: "TOP/images/current/../disk", .file("images/deep/disk")
        ) {
            try $0.directory("images/deep")
            try $0.directory("images/deep/inner")
            try $0.file("images/deep/disk")
            try $0.symlink("images/current", to: "deep/inner")
        },
        Attack(
            "`..` after a link that leads out", rules: "allow rw **", name: "TOP/images/way/../outside/secret",
            .refused(.invalidArgument, "name", unresolvable)
        ) { try $0.symlink("images/way", to: "../outside") },
    ]

    @Test(arguments: climbing) func `.. is what the kernel makes of it, or refused`(attack: Attack) throws {
        try attack.run()
    }

    static let prefixes = [
        Attack(
            "a directory whose name begins like the root's", rules: "allow rw **", name: "TOP/images2/disk",
            .refused(.permissionDenied, "policy", "no rule grants anything on TOP/images2/disk")
        ) {
            try $0.directory("images2")
            try $0.file("images2/disk")
        },
        Attack(
            "a file whose name begins like the root's", rules: "allow rw **", name: "TOP/imagesdisk",
            .refused(.permissionDenied, "policy", "no rule grants anything on TOP/imagesdisk")
        ) {
            try $0.file("imagesdisk")
        },
        Attack(
            "the root itself", rules: "allow rw **", name: "TOP/images",
            .refused(.permissionDenied, "policy", "no rule grants anything on TOP/images")),
        Attack(
            "the root with a slash", rules: "allow rw **", name: "TOP/images/",
            .refused(.permissionDenied, "policy", "no rule grants anything on TOP/images")),
        Attack("many slashes", name: "///TOP//images///disk", .file("images/disk")),
        Attack("a slash at the end", name: "TOP/images/disk/", .file("images/disk")),
        Attack("a single dot", name: "TOP/images/./disk", .file("images/disk")),
        Attack("dots everywhere", name: "/./TOP/./images/././disk/.", .file("images/disk")),
        Attack("three dots are a name", rules: "allow rw ...", name: "TOP/images/...", .file("images/...")) {
            try $0.file("images/...")
        },
        Attack(
            "a name that goes on after a rule's", name: "TOP/images/disk2",
            .refused(.permissionDenied, "policy", "no rule grants anything on TOP/images/disk2")
        ) {
            try $0.file("images/disk2")
        },
        Attack(
            "a name beneath a file", rules: "allow rw **", name: "TOP/images/disk/x",
            .refused(.notDirectory, "resolve", "the kernel: ENOTDIR (Not a directory)")),
        Attack(
            "a relative name", name: "disk",
            .refused(.invalidArgument, "name", "the name is relative, and the policy has no `directory`")),
        Attack(
            "an empty name", name: "", .refused(.noSuchFileOrDirectory, "name", "the name is empty or has a NUL in it")),
        Attack("a relative name with a base", outside: "directory TOP/images", name: "disk", .file("images/disk")),
        Attack(
            "a relative name that climbs out of the base", outside: "directory TOP/images",
            name: "../outside/secret",
            .refused(.permissionDenied, "policy", "no rule grants anything on TOP/outside/secret")),
        Attack(
            "a missing name that no rule grants tells nothing", name: "TOP/outside/missing",
            .refused(.permissionDenied, "policy", "no rule grants anything on TOP/outside/missing")),
    ]

    @Test(arguments: prefixes) func `a name is matched by whole components`(attack: Attack) throws {
        try attack.run()
    }

    static let proc = [
        Attack("/proc/self/fd/0", name: "/proc/self/fd/0", .refused(.permissionDenied, "policy", "no rule")),
        Attack(
            "/proc/self/root", name: "/proc/self/root/TOP/images/disk",
            .refused(.permissionDenied, "policy", "no rule")),
        Attack(
            "/proc/self/fd/0, granted with links inside", outside: "allow rw /proc/** symlinks inside",
            name: "/proc/self/fd/0", .refused(.tooManySymbolicLinkLevels, "resolve", "a symbolic link is on the way")),
        Attack(
            "/proc/self/fd/0, granted", outside: "allow rw /proc/**", name: "/proc/self/fd/0",
            .refused(.tooManySymbolicLinkLevels, "resolve", "a symbolic link is on the way")),
        Attack(
            "/proc/self/root, granted with links inside", outside: "allow rw /proc/** symlinks inside",
            name: "/proc/self/root/TOP/images/disk",
            .refused(.tooManySymbolicLinkLevels, "resolve", "a symbolic link is on the way")),
        Attack(
            "/proc/self/cwd/.., granted with links inside", outside: "allow rw /proc/** symlinks inside",
            name: "/proc/self/cwd/../etc/passwd", .refused(.invalidArgument, "name", unresolvable)),
        // `self` is a link itself. These names have no link in them but the magic one.
        Attack(
            "/proc/<pid>/fd/0", outside: "allow rw /proc/**", name: "\(process)/fd/0",
            .refused(.tooManySymbolicLinkLevels, "resolve", "a symbolic link is on the way")),
        Attack(
            "/proc/<pid>/fd/0, granted with links inside", outside: "allow rw /proc/** symlinks inside",
            name: "\(process)/fd/0",
            .refused(.tooManySymbolicLinkLevels, "resolve", "a symbolic link is on the way")),
        Attack(
            "/proc/<pid>/root", outside: "allow rw /proc/**", name: "\(process)/root/TOP/images/disk",
            .refused(.tooManySymbolicLinkLevels, "resolve", "a symbolic link is on the way")),
        Attack(
            "/proc/<pid>/root, granted with links inside", outside: "allow rw /proc/** symlinks inside",
            name: "\(process)/root/TOP/images/disk",
            .refused(.tooManySymbolicLinkLevels, "resolve", "a symbolic link is on the way")),
        Attack(
            "/proc/<pid>/root, to create", outside: "allow rw /proc/** create symlinks inside",
            name: "\(process)/root/TOP/images/new", flags: OpenFlag.readWrite | OpenFlag.create,
            .refused(.tooManySymbolicLinkLevels, "resolve", "a symbolic link is on the way")),
        Attack(
            "/proc/<pid>/task/<tid>/root, granted with links inside", outside: "allow rw /proc/** symlinks inside",
            name: "\(process)/task/\(ThisProcess.pid)/root/TOP/images/disk",
            .refused(.tooManySymbolicLinkLevels, "resolve", "a symbolic link is on the way")),
    ]

    private static let process = "/proc/\(ThisProcess.pid)"

    @Test(arguments: proc) func `no magic link is followed`(attack: Attack) throws {
        try attack.run()
    }

    @Test func `a name may have 4095 bytes and no more`() throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw **")
        let connection = try server.connect()
        let start = scene.name("")
        let filler = String(repeating: "./", count: (4095 - start.utf8.count) / 2)
        let odd = (4095 - start.utf8.count) % 2 == 0 ? "" : "/"
        let longest = start + odd + filler.dropLast(4) + "disk"
        try #require(longest.utf8.count == 4095)
        #expect(try connection.open(longest, OpenFlag.readWrite).file?.read() == "image")
        #expect(try connection.open("/" + longest, OpenFlag.readWrite).errno == .fileNameTooLong)
        #expect(try server.records("refused").last?.reason == "the name is longer than 4095 bytes")
        #expect(try connection.open(start + String(repeating: "x", count: 256), 0).errno == .fileNameTooLong)
    }

    @Test func `a relative name may have 4095 bytes together with its base`() throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw **", outside: "directory TOP/images")
        let room = 4095 - scene.top.path("images/").utf8.count
        let filler = String(repeating: "./", count: 2048)
        let longest = filler.prefix((room - 4) / 2 * 2) + ((room - 4) % 2 == 0 ? "" : "/") + "disk"
        let connection = try server.connect()
        #expect(try connection.open(String(longest), OpenFlag.readWrite).file?.read() == "image")
        #expect(try connection.open("./" + longest, OpenFlag.readWrite).errno == .fileNameTooLong)
    }

    static let odd: [(String, [UInt8])] = [
        ("not UTF-8", [0xff, 0xfe, 0x80]), ("a newline", Array("a\n{\"event\":\"opened\"}".utf8)),
        ("a quote", Array("a\",\"event\":\"opened\",\"x\":\"".utf8)), ("a backslash", Array("a\\".utf8)),
        ("an escape sequence", Array("\u{1b}[2Ka".utf8)), ("right to left", Array("a\u{202e}b".utf8)),
    ]

    @Test(arguments: odd) func `no name forges an audit record`(what: String, bytes: [UInt8]) throws {
        let scene = try Scene()
        let granted = scene.top.bytes("images/") + bytes
        try scene.top.file(granted)
        let server = try scene.serve("allow rw **")
        let connection = try server.connect()
        #expect(try connection.open(granted, OpenFlag.readWrite).file?.read() == "image")
        #expect(try connection.open(scene.top.bytes("outside/") + bytes, 0).errno == .permissionDenied)
        let records = try server.records().filter { $0.event != "handed-over" }
        #expect(records.map(\.event) == ["started", "opened", "refused"])
        for record in records.dropFirst() {
            let valid = String(validating: bytes, as: UTF8.self)
            if let valid { #expect(record.name?.hasSuffix("/\(valid)") == true) }
            let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect((record["name_hex"]?.hasSuffix(hex) ?? false) == (valid == nil))
        }
    }

    @Test func `a NUL in a name is refused`() throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw **")
        let connection = try server.connect()
        let name = Array(scene.name("disk").utf8)
        #expect(try connection.open(name + [0] + Array("x".utf8), OpenFlag.readWrite).errno == .invalidArgument)
        #expect(try connection.open([0] + name, OpenFlag.readWrite).errno == .invalidArgument)
        #expect(try connection.open(name + [0, 0], OpenFlag.readWrite).errno == .invalidArgument)
        #expect(try server.records("refused").last?.stage == "name")
        #expect(try connection.open(name + [0], OpenFlag.readWrite).file?.read() == "image")
    }
}
