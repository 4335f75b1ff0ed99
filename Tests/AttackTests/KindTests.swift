import HookLinux
import SystemPackage
import TestSupport
import Testing

struct KindTests {
    private static func refused(_ kind: String) -> Expected {
        .refused(.permissionDenied, "object", "the object is a \(kind); the rule has no `kind` for that")
    }

    static let kinds = [
        Attack("a FIFO", rules: "allow rw thing", name: "TOP/images/thing", refused("FIFO")) {
            try $0.fifo("images/thing")
        },
        Attack(
            "a FIFO without a reader, for writing", rules: "allow rw thing", name: "TOP/images/thing",
            flags: OpenFlag.writeOnly, refused("FIFO")
        ) { try $0.fifo("images/thing") },
        Attack(
            "a FIFO where every kind is granted", rules: "allow rw thing kind file block char",
            name: "TOP/images/thing", refused("FIFO")
        ) { try $0.fifo("images/thing") },
        Attack("a socket", rules: "allow rw thing", name: "TOP/images/thing", refused("socket")) {
            try $0.socket("images/thing")
        },
        Attack(
            "a directory", rules: "allow rw thing", name: "TOP/images/thing",
            .refused(.isDirectory, "object", "the object is a directory")
        ) { try $0.directory("images/thing") },
        Attack(
            "a directory, for reading", rules: "allow rw thing", name: "TOP/images/thing", flags: OpenFlag.readOnly,
            .refused(.isDirectory, "object", "the object is a directory")
        ) { try $0.directory("images/thing") },
        Attack(
            "a directory with O_CREAT", rules: "allow rw thing create", name: "TOP/images/thing",
            flags: OpenFlag.readWrite | OpenFlag.create,
            .refused(.isDirectory, "object", "the object is a directory")
        ) { try $0.directory("images/thing") },
        Attack(
            "a character device that is everybody's", outside: "allow rw /dev/null", name: "/dev/null",
            refused("character device")),
        Attack(
            "a file where only devices are granted", rules: "allow rw disk kind block char",
            name: "TOP/images/disk", refused("regular file")),
    ]

    @Test(arguments: kinds) func `nothing but what the rule's kinds name is opened`(attack: Attack) throws {
        try attack.run()
    }

    /// `/dev/null` and `/dev/full` by other names, and a block device that no driver has.
    static let devices = [
        Attack(
            "a character device where files are granted", rules: "allow rw thing", name: "TOP/images/thing",
            refused("character device")
        ) { try $0.device("images/thing", .characterDevice, major: 1, minor: 3) },
        Attack(
            "a character device where it is granted", rules: "allow rw thing kind char", name: "TOP/images/thing",
            .file("images/thing")
        ) { try $0.device("images/thing", .characterDevice, major: 1, minor: 3) },
        Attack(
            "a character device where block devices are granted", rules: "allow rw thing kind block",
            name: "TOP/images/thing", refused("character device")
        ) { try $0.device("images/thing", .characterDevice, major: 1, minor: 3) },
        Attack(
            "a block device where files are granted", rules: "allow rw thing", name: "TOP/images/thing",
            refused("block device")
        ) { try $0.device("images/thing", .blockDevice, major: 240, minor: 77) },
        Attack(
            "a device that no driver has", rules: "allow rw thing kind block char", name: "TOP/images/thing",
            .refused(.noSuchAddressOrDevice, "reopen", "the kernel: ENXIO")
        ) { try $0.device("images/thing", .blockDevice, major: 240, minor: 77) },
    ]

    @Test(.enabled(if: Privilege.makesDevices, "needs root, to make device nodes"), arguments: devices)
    func `devices are opened where the rule's kinds name them`(attack: Attack) throws {
        try attack.run()
    }
}

struct HardLinkTests {
    private static let twoNames = "the file has 2 names; the rule has no `hardlinks allow`"
    private static let link: @Sendable (ScratchDirectory) throws -> Void = {
        try $0.hardLink("images/link", to: "outside/secret")
    }

    static let links = [
        Attack(
            "for writing", rules: "allow rw link", name: "TOP/images/link",
            .refused(.permissionDenied, "object", twoNames), prepare: link),
        Attack(
            "for writing alone", rules: "allow rw link", name: "TOP/images/link", flags: OpenFlag.writeOnly,
            .refused(.permissionDenied, "object", twoNames), prepare: link),
        Attack(
            "with O_TRUNC", rules: "allow rw link", name: "TOP/images/link",
            flags: OpenFlag.readWrite | OpenFlag.truncate, .refused(.permissionDenied, "object", twoNames),
            prepare: link),
        Attack(
            "for reading", rules: "allow rw link", name: "TOP/images/link", flags: OpenFlag.readOnly,
            .file("outside/secret"), prepare: link),
        Attack(
            "where they are allowed", rules: "allow rw link hardlinks allow", name: "TOP/images/link",
            .file("outside/secret"), prepare: link),
    ]

    @Test(arguments: links) func `a file with another name, perhaps another VM's, is not written`(attack: Attack)
        throws
    {
        try attack.run()
    }

    private static let another = "denies the object that this name leads to"
    private static let bothNames: @Sendable (ScratchDirectory) throws -> Void = {
        try $0.directory("images/private")
        try $0.file("images/private/key", "key")
        try $0.hardLink("images/other", to: "images/private/key")
        try $0.symlink("images/link", to: "private/key")
        try $0.symlink("images/way", to: "private")
        try $0.symlink("images/alias", to: $0.path("images/private"))
    }

    static let denied = [
        Attack(
            "by its name", rules: "allow rw ** hardlinks allow\ndeny rw private/key", name: "TOP/images/private/key",
            .refused(.permissionDenied, "policy", "denies rw"), prepare: bothNames),
        Attack(
            "by a hard link", rules: "allow rw ** hardlinks allow\ndeny rw private/key", name: "TOP/images/other",
            .refused(.permissionDenied, "object", another), prepare: bothNames),
        Attack(
            "by a hard link, for reading", rules: "allow rw ** hardlinks allow\ndeny rw private/key",
            name: "TOP/images/other", flags: OpenFlag.readOnly, .refused(.permissionDenied, "object", another),
            prepare: bothNames),
        Attack(
            "by a hard link, with O_TRUNC", rules: "allow rw ** hardlinks allow\ndeny rw private/key",
            name: "TOP/images/other", flags: OpenFlag.writeOnly | OpenFlag.truncate,
            .refused(.permissionDenied, "object", another), prepare: bothNames),
        Attack(
            "by a symbolic link", rules: "allow rw ** hardlinks allow symlinks inside\ndeny rw private/key",
            name: "TOP/images/link", .refused(.permissionDenied, "object", another), prepare: bothNames),
        Attack(
            "by a link to its directory", rules: "allow rw ** hardlinks allow symlinks inside\ndeny rw private",
            name: "TOP/images/way/key", .refused(.permissionDenied, "object", another), prepare: bothNames),
        Attack(
            "by an absolute link to its directory",
            rules: "allow rw ** hardlinks allow symlinks inside\ndeny rw private", name: "TOP/images/alias/key",
            .refused(.permissionDenied, "object", another), prepare: bothNames),
        Attack(
            "by a pattern and a link", rules: "allow rw ** hardlinks allow symlinks inside\ndeny rw private/*",
            name: "TOP/images/link", .refused(.permissionDenied, "object", another), prepare: bothNames),
        Attack(
            "by `..`", rules: "allow rw ** hardlinks allow\ndeny rw private/key",
            name: "TOP/images/private/../private/key", .refused(.permissionDenied, "policy", "denies rw"),
            prepare: bothNames),
        Attack(
            "for writing alone, and read", rules: "allow rw ** hardlinks allow\ndeny wo private/key",
            name: "TOP/images/other", flags: OpenFlag.readOnly, .file("images/private/key"), prepare: bothNames),
        Attack(
            "by a rule about a link to it", rules: "allow rw **  hardlinks allow\ndeny rw link",
            name: "TOP/images/private/key", .refused(.permissionDenied, "object", another), prepare: bothNames),
        Attack(
            "creation in a denied directory by a link", rules: "allow rw ** create symlinks inside\ndeny rw private",
            name: "TOP/images/way/new", flags: OpenFlag.readWrite | OpenFlag.create,
            .refused(.permissionDenied, "object", another), prepare: bothNames),
    ]

    @Test(arguments: denied) func `what is denied is denied by every name`(attack: Attack) throws {
        try attack.run()
    }
}
