import HookLinux
import SystemPackage
import TestSupport
import Testing

struct SymlinkTests {
    private static let isOnTheWay = "a symbolic link is on the way; the rule has no `symlinks inside`"
    private static let escapes = "escape: the way leads out of the root"

    static let notFollowed = [
        Attack(
            "a link as the last component", rules: "allow rw link", name: "TOP/images/link",
            .refused(.tooManySymbolicLinkLevels, "resolve", isOnTheWay)
        ) { try $0.symlink("images/link", to: "disk") },
        Attack(
            "a link as the last component that leads out", rules: "allow rw link", name: "TOP/images/link",
            .refused(.tooManySymbolicLinkLevels, "resolve", isOnTheWay)
        ) { try $0.symlink("images/link", to: "../outside/secret") },
        Attack(
            "an absolute link", rules: "allow rw link", name: "TOP/images/link",
            .refused(.tooManySymbolicLinkLevels, "resolve", isOnTheWay)
        ) { try $0.symlink("images/link", to: $0.path("outside/secret")) },
        Attack(
            "a link in the middle", rules: "allow rw **", name: "TOP/images/way/secret",
            .refused(.tooManySymbolicLinkLevels, "resolve", isOnTheWay)
        ) { try $0.symlink("images/way", to: "../outside") },
        Attack(
            "a link in the middle that stays inside", rules: "allow rw **", name: "TOP/images/way/disk",
            .refused(.tooManySymbolicLinkLevels, "resolve", isOnTheWay)
        ) { try $0.symlink("images/way", to: ".") },
        Attack(
            "a link to itself", rules: "allow rw link", name: "TOP/images/link",
            .refused(.tooManySymbolicLinkLevels, "resolve", isOnTheWay)
        ) { try $0.symlink("images/link", to: "link") },
        Attack(
            "a link with O_TRUNC", rules: "allow rw link", name: "TOP/images/link",
            flags: OpenFlag.readWrite | OpenFlag.truncate,
            .refused(.tooManySymbolicLinkLevels, "resolve", isOnTheWay)
        ) { try $0.symlink("images/link", to: "disk") },
    ]

    @Test(arguments: notFollowed) func `no link is followed without a clause`(attack: Attack) throws {
        try attack.run()
    }

    static let inside = [
        Attack(
            "a relative link", rules: "allow rw link symlinks inside\nallow rw disk", name: "TOP/images/link",
            .file("images/disk")
        ) { try $0.symlink("images/link", to: "disk") },
        Attack(
            "an absolute link that leads back inside", rules: "allow rw link symlinks inside\nallow rw disk",
            name: "TOP/images/link", .file("images/disk")
        ) { try $0.symlink("images/link", to: $0.path("images/disk")) },
        Attack(
            "an absolute link in the middle that leads back inside",
            rules: "allow rw way/disk symlinks inside\nallow rw pool/disk", name: "TOP/images/way/disk",
            .file("images/pool/disk")
        ) {
            try $0.directory("images/pool")
            try $0.file("images/pool/disk")
            try $0.symlink("images/way", to: $0.path("images/pool"))
        },
        Attack(
            "two links, one after the other", rules: "allow rw a symlinks inside\nallow rw disk",
            name: "TOP/images/a", .file("images/disk")
        ) {
            try $0.symlink("images/a", to: $0.path("images/b"))
            try $0.symlink("images/b", to: "disk")
        },
        Attack(
            "a relative link that leaves the root and comes back",
            rules: "allow rw link symlinks inside\nallow rw disk", name: "TOP/images/link",
            .refused(.permissionDenied, "resolve", escapes)
        ) { try $0.symlink("images/link", to: "../images/disk") },
        Attack(
            "a link to what no rule grants", rules: "allow rw link symlinks inside", name: "TOP/images/link",
            .refused(.permissionDenied, "object", "no rule grants anything on TOP/images/disk")
        ) { try $0.symlink("images/link", to: "disk") },
        Attack(
            "a link to what may only be read", rules: "allow rw link symlinks inside\nallow ro disk",
            name: "TOP/images/link", .refused(.permissionDenied, "object", "grants ro, rw was asked")
        ) { try $0.symlink("images/link", to: "disk") },
        Attack(
            "a relative link that leads out", rules: "allow rw link symlinks inside", name: "TOP/images/link",
            .refused(.permissionDenied, "resolve", escapes)
        ) { try $0.symlink("images/link", to: "../outside/secret") },
        Attack(
            "an absolute link that leads out", rules: "allow rw link symlinks inside", name: "TOP/images/link",
            .refused(.permissionDenied, "resolve", escapes)
        ) { try $0.symlink("images/link", to: $0.path("outside/secret")) },
        Attack(
            "an absolute link to a directory whose name begins like the root's",
            rules: "allow rw link symlinks inside", name: "TOP/images/link",
            .refused(.permissionDenied, "resolve", escapes)
        ) {
            try $0.directory("images2")
            try $0.file("images2/disk")
            try $0.symlink("images/link", to: $0.path("images2/disk"))
        },
        Attack(
            "an absolute link that climbs out by `..`", rules: "allow rw link symlinks inside",
            name: "TOP/images/link", .refused(.permissionDenied, "resolve", escapes)
        ) { try $0.symlink("images/link", to: $0.path("images/../outside/secret")) },
        Attack(
            "a link in the middle that leads out", rules: "allow rw ** symlinks inside",
            name: "TOP/images/way/secret", .refused(.permissionDenied, "resolve", escapes)
        ) { try $0.symlink("images/way", to: "../outside") },
        Attack(
            "a link to itself", rules: "allow rw link symlinks inside", name: "TOP/images/link",
            .refused(.tooManySymbolicLinkLevels, "resolve", isOnTheWay)
        ) { try $0.symlink("images/link", to: "link") },
        Attack(
            "nine absolute links", rules: "allow rw ** symlinks inside", name: "TOP/images/0",
            .refused(.permissionDenied, "resolve", escapes)
        ) { top in
            for number in 0..<9 { try top.symlink("images/\(number)", to: top.path("images/\(number + 1)")) }
            try top.file("images/9")
        },
        Attack(
            "O_NOFOLLOW on a link that would be followed", rules: "allow rw link symlinks inside\nallow rw disk",
            name: "TOP/images/link", flags: OpenFlag.readWrite | OpenFlag.noFollow,
            .refused(.tooManySymbolicLinkLevels, "resolve", isOnTheWay)
        ) { try $0.symlink("images/link", to: "disk") },
        Attack(
            "O_NOFOLLOW heeds the last component alone",
            rules: "allow rw way/disk symlinks inside\nallow rw pool/disk", name: "TOP/images/way/disk",
            flags: OpenFlag.readWrite | OpenFlag.noFollow, .file("images/pool/disk")
        ) {
            try $0.directory("images/pool")
            try $0.file("images/pool/disk")
            try $0.symlink("images/way", to: "pool")
        },
        Attack(
            "a link to a magic link of procfs", rules: "allow rw ** symlinks inside", name: "TOP/images/link",
            .refused(.permissionDenied, "resolve", escapes)
        ) { try $0.symlink("images/link", to: "/proc/self/fd/0") },
    ]

    @Test(arguments: inside) func `a link is followed inside the root alone`(attack: Attack) throws {
        try attack.run()
    }

    @Test func `a link through directories that others can write is not followed`() throws {
        try Attack(
            "", outside: "allow rw TOP/link symlinks follow", name: "TOP/link",
            .refused(
                .permissionDenied, "resolve",
                "a directory on the way does not belong to root alone, as `symlinks follow` requires")
        ) { try $0.symlink("link", to: "images/disk") }.run()
    }

    @Test func `a link through directories of root's alone is followed, out of its root, too`() throws {
        try Attack(
            "", outside: "allow ro /bin/sh symlinks follow", name: "/bin/sh", flags: OpenFlag.readOnly,
            .file("../../bin/sh")
        ).run()
    }

    @Test func `O_NOFOLLOW is heeded where links are followed`() throws {
        try Attack(
            "", outside: "allow ro /dev/stdin symlinks follow kind file char", name: "/dev/stdin",
            flags: OpenFlag.readOnly | OpenFlag.noFollow,
            .refused(.tooManySymbolicLinkLevels, "resolve", Self.isOnTheWay)
        ).run()
    }

    static let dangling = [
        Attack(
            "not followed", rules: "allow rw link create", name: "TOP/images/link",
            flags: OpenFlag.readWrite | OpenFlag.create,
            .refused(.tooManySymbolicLinkLevels, "resolve", isOnTheWay)
        ) { try $0.symlink("images/link", to: "nothing") },
        Attack(
            "inside", rules: "allow rw ** create symlinks inside", name: "TOP/images/link",
            flags: OpenFlag.readWrite | OpenFlag.create,
            .refused(.tooManySymbolicLinkLevels, "create", "the name is a symbolic link that leads to nothing")
        ) { try $0.symlink("images/link", to: "nothing") },
        Attack(
            "inside, with O_EXCL", rules: "allow rw ** create symlinks inside", name: "TOP/images/link",
            flags: OpenFlag.readWrite | OpenFlag.create | OpenFlag.exclusive,
            .refused(.tooManySymbolicLinkLevels, "create", "the name is a symbolic link that leads to nothing")
        ) { try $0.symlink("images/link", to: "nothing") },
        Attack(
            "inside, leading out", rules: "allow rw ** create symlinks inside", name: "TOP/images/link",
            flags: OpenFlag.readWrite | OpenFlag.create, .refused(.permissionDenied, "resolve", escapes)
        ) { try $0.symlink("images/link", to: "../outside/nothing") },
        Attack(
            "inside, absolute", rules: "allow rw ** create symlinks inside", name: "TOP/images/link",
            flags: OpenFlag.readWrite | OpenFlag.create,
            .refused(.tooManySymbolicLinkLevels, "create", "the name is a symbolic link that leads to nothing")
        ) { try $0.symlink("images/link", to: $0.path("images/nothing")) },
        Attack(
            "without O_CREAT", rules: "allow rw ** symlinks inside", name: "TOP/images/link",
            .refused(.noSuchFileOrDirectory, "resolve", "the kernel: ENOENT (No such file or directory)")
        ) { try $0.symlink("images/link", to: "nothing") },
    ]

    @Test(arguments: dangling) func `nothing is made where a dangling link leads`(attack: Attack) throws {
        try attack.run()
    }
}
