import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

/// `deny` holds whatever has become of the names since the policy was loaded, and whoever's rights an open takes.
struct DenyTests {
    @Test func `a denied pattern holds for the directory that its root's link leads to now`() throws {
        let directory = try ScratchDirectory()
        for version in ["v1", "v2"] {
            try directory.directory(version)
            try directory.directory("\(version)/private")
            try directory.file("\(version)/private/secret.img")
            try directory.file("\(version)/open.img")
        }
        try directory.symlink("current", to: "v1")
        let policy = """
            openhook 1
            vm deny
            selinux off
            peer any
            root current \(directory.path("current")) {
                allow ro *.img
                deny rw private/*
            }
            root v1 \(directory.path("v1")) {
                allow ro **.img
            }
            root v2 \(directory.path("v2")) {
                allow ro **.img
            }

            """
        let server = try TestServer(policy, in: directory)
        let client = try server.connect()
        #expect(try client.open(directory.path("v1/private/secret.img"), O_RDONLY).errno == .permissionDenied)
        #expect(try client.open(directory.path("v2/private/secret.img"), O_RDONLY).file != nil)
        try directory.symlink("next", to: "v2")
        try directory.rename("next", to: "current")
        #expect(try client.open(directory.path("v2/private/secret.img"), O_RDONLY).errno == .permissionDenied)
        #expect(try client.open(directory.path("v2/open.img"), O_RDONLY).file != nil)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `with another user's rights denied names are still looked at with the server's own, and owners are given`()
        throws
    {
        let directory = try ScratchDirectory()
        try directory.directory("closed", mode: 0o711)
        try directory.directory("closed/images", mode: 0o777)
        try require("chmod") { unsafe chmod(directory.path("closed/images"), 0o777) }
        try directory.file("closed/images/disk.img", mode: 0o644)
        try directory.directory("closed/hidden", mode: 0o700)
        try directory.file("closed/hidden/secret.img")
        let policy = """
            openhook 1
            vm deny
            selinux off
            peer any
            root images \(directory.path("closed/images")) {
                as 65534:65534
                allow ro disk.img
                allow rw new.img create owner 1000:1000 mode 0640
            }
            deny rw \(directory.path("closed/hidden/secret.img"))

            """
        let server = try TestServer(policy, in: directory)
        let client = try server.connect()
        #expect(try client.open(directory.path("closed/images/disk.img"), O_RDONLY).file != nil)
        #expect(try client.open(directory.path("closed/images/new.img"), O_RDWR | O_CREAT).file != nil)
        let made = try FileStatus.named(SystemPath(text: directory.path("closed/images/new.img")))
        #expect(made.owner == 1000 && made.group == 1000)
        #expect(made.permissions == 0o640)
    }
}
