import HookLinux
import SystemPackage
import TestSupport
import Testing

/// The directory of a root, while the server runs.
struct RootTests {
    @Test func `a root may be reached through a symbolic link, and denials hold all the same`() throws {
        let scene = try Scene {
            try $0.symlink("current", to: "images")
            try $0.file("images/private", "private")
        }
        let top = scene.top.path
        let server = try TestServer(
            """
            openhook 1
            vm test
            selinux off
            peer any
            deny rw \(top)/images/private
            root images \(top)/current {
                allow rw ** symlinks inside
            }

            """)
        let connection = try server.connect()
        #expect(try connection.open("\(top)/current/disk", OpenFlag.readWrite).file?.read() == "image")
        #expect(try connection.open("\(top)/images/disk", OpenFlag.readWrite).errno == .permissionDenied)
        #expect(try connection.open("\(top)/current/private", OpenFlag.readOnly).errno == .permissionDenied)
        #expect(
            try server.records("refused").last?.reason.hasSuffix("denies the object that this name leads to") == true)
        try scene.top.symlink("images/absolute", to: "\(top)/images/disk")
        try scene.top.symlink("images/alias", to: "\(top)/current/disk")
        #expect(try connection.open("\(top)/current/absolute", OpenFlag.readWrite).file?.read() == "image")
        #expect(try connection.open("\(top)/current/alias", OpenFlag.readWrite).file?.read() == "image")
    }

    @Test func `a root's link that is turned to another directory is opened anew, and recorded`() throws {
        let scene = try Scene {
            try $0.symlink("current", to: "images")
            try $0.directory("next")
            try $0.file("next/disk", "next")
        }
        let top = scene.top
        let server = try TestServer(
            """
            openhook 1
            vm test
            selinux off
            peer any
            root images \(top.path)/current {
                allow rw disk
            }

            """)
        let connection = try server.connect()
        #expect(try connection.open(top.path("current/disk"), OpenFlag.readWrite).file?.read() == "image")
        try top.symlink("new", to: "next")
        try top.rename("new", to: "current")
        #expect(try connection.open(top.path("current/disk"), OpenFlag.readWrite).file?.read() == "next")
        let record = try #require(try server.records("root-reopened").first)
        #expect(record["object"] == top.path("current"))
        #expect(record["inode"] == "\(try top.status("next").identity.inode)")
        #expect(record.reason == "another directory is mounted or stands there now")
    }

    @Test func `a root that is renamed away is ESTALE, and one that is made anew is opened anew`() throws {
        let scene = try Scene()
        let top = scene.top
        let server = try scene.serve("allow rw disk\nallow rw new create")
        let connection = try server.connect()
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).file?.read() == "image")
        // The descriptor of the last grant is closed before the next request is answered.
        #expect(try connection.open(top.path("outside/secret"), OpenFlag.readWrite).errno == .permissionDenied)
        let before = try server.descriptorCount()

        try top.rename("images", to: "away")
        let flags = OpenFlag.readWrite | OpenFlag.create | OpenFlag.truncate
        #expect(try connection.open(scene.name("disk"), flags).errno == .staleNFSFileHandle)
        #expect(try connection.open(scene.name("new"), flags).errno == .staleNFSFileHandle)
        #expect(try top.text("away/disk") == "image")
        #expect(!top.exists("away/new"))
        #expect(try server.records("refused").last?.reason == "the root's directory is gone")

        try top.directory("images")
        try top.file("images/disk", "anew")
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).file?.read() == "anew")
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).file?.read() == "anew")
        #expect(try server.records("root-reopened").count == 1)
        #expect(try server.descriptorCount(awaiting: before) == before)
    }

    @Test(arguments: ["deny rw secret", "deny rw secret*"])
    func `another directory in a root with a denial is recorded once, too`(deny: String) throws {
        let scene = try Scene()
        let top = scene.top
        let server = try scene.serve("allow rw disk\n\(deny)")
        let connection = try server.connect()
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).file?.read() == "image")
        try top.rename("images", to: "away")
        try top.directory("images")
        try top.file("images/disk", "anew")
        // Refused: it says nothing of the directory, and takes nothing from the record of the next one.
        #expect(try connection.open(scene.name("secret"), OpenFlag.readWrite).errno == .permissionDenied)
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).file?.read() == "anew")
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).file?.read() == "anew")
        #expect(try server.records("root-reopened").map { $0["object"] } == [top.path("images")])
    }

    @Test func `a file that is made in another directory records that directory once`() throws {
        let scene = try Scene()
        let top = scene.top
        let server = try scene.serve("allow rw new* create")
        let connection = try server.connect()
        let flags = OpenFlag.readWrite | OpenFlag.create
        #expect(try connection.open(scene.name("new1"), flags).file != nil)
        try top.rename("images", to: "away")
        try top.directory("images")
        #expect(try connection.open(scene.name("new2"), flags).file != nil)
        #expect(try connection.open(scene.name("new2"), flags).file != nil)
        #expect(try connection.open(scene.name("new3"), flags).file != nil)
        #expect(try server.records("root-reopened").map { $0["object"] } == [top.path("images")])
    }

    @Test func `a link that leads to the rule of a root further down is no other directory there`() throws {
        let scene = try Scene {
            try $0.directory("images/pool")
            try $0.file("images/pool/disk", "pool")
            try $0.symlink("images/link", to: "pool/disk")
        }
        let server = try scene.serve(
            "allow rw link symlinks inside",
            outside: "root pool TOP/images/pool {\n    allow rw disk symlinks inside\n}")
        let connection = try server.connect()
        #expect(try connection.open(scene.name("link"), OpenFlag.readWrite).file?.read() == "pool")
        #expect(try connection.open(scene.name("pool/disk"), OpenFlag.readWrite).file?.read() == "pool")
        #expect(try server.records("root-reopened").isEmpty)
    }

    @Test func `a root that a file or a link to nowhere replaces is refused`() throws {
        let scene = try Scene()
        let top = scene.top
        let server = try scene.serve("allow rw disk")
        let connection = try server.connect()
        try top.rename("images", to: "away")
        try top.file("images")
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).errno == .notDirectory)
        try top.remove("images")
        try top.symlink("images", to: "nowhere")
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).errno == .staleNFSFileHandle)
    }

    @Test func `two VMs in one directory get what their own policies say`() throws {
        let scene = try Scene {
            try $0.file("images/web01", "web01")
            try $0.file("images/web02", "web02")
            try $0.hardLink("images/alias", to: "images/web02")
        }
        let first = try scene.serve("allow rw web01\nallow ro disk\nallow rw alias")
        let second = try scene.serve("allow rw web02\nallow ro disk")
        let (one, two) = (try first.connect(), try second.connect())
        func answer(_ connection: RawConnection, _ name: String, _ flags: CInt = OpenFlag.readWrite) throws -> String {
            let answer = try connection.open(scene.name(name), flags)
            return answer.file?.read() ?? "\(answer)"
        }
        #expect(try answer(one, "web01") == "web01")
        #expect(try answer(two, "web02") == "EACCES")
        try scene.top.remove("images/alias")
        #expect(try answer(two, "web02") == "web02")
        #expect(try answer(one, "web02") == "EACCES")
        #expect(try answer(two, "web01") == "EACCES")
        #expect(try answer(one, "web02", OpenFlag.readWrite | OpenFlag.truncate) == "EACCES")
        #expect(try answer(two, "web01", OpenFlag.readWrite | OpenFlag.create) == "EACCES")
        #expect(try answer(one, "disk", OpenFlag.readOnly) == "image")
        #expect(try answer(two, "disk", OpenFlag.readOnly) == "image")
        #expect(try scene.top.text("images/web02") == "web02")
    }
}
