import HookLinux
import SystemPackage
import TestSupport
import Testing

/// Each server has a mount namespace of its own, which ends with it.
@Suite(.enabled(if: Privilege.mounts, "needs root, to mount"))
struct MountTests {
    /// Runs a shell command in the server's mount namespace, beneath the root directory that it has.
    private func mounting(_ script: String, for server: TestServer) throws {
        let run = try Program.run(
            "nsenter", ["-t", "\(server.pid)", "-m", "-r", "--", "/bin/sh", "-ec", script],
            environment: ["PATH=/usr/bin:/bin:/usr/sbin:/sbin"])
        guard run.ending == .exited(0) else { throw SetUpFailure("\(run)") }
    }

    private func serve(_ scene: Scene, _ rules: String, mounting script: String) throws -> TestServer {
        try scene.serve(rules) {
            $0.wrapper = ["unshare", "-m", "/bin/sh", "-c", "\(script) && exec \"$0\" \"$@\""]
        }
    }

    @Test func `a root that is unmounted and mounted again is opened anew, and recorded`() throws {
        let scene = try Scene()
        let root = scene.name("")
        let mount = "mount -t tmpfs none \(root)"
        let server = try serve(scene, "allow rw disk", mounting: "\(mount) && echo -n first > \(root)disk")
        let connection = try server.connect()
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).file?.read() == "first")
        try mounting("umount -l \(root); \(mount); echo -n second > \(root)disk", for: server)
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).file?.read() == "second")
        #expect(try server.records("root-reopened").count == 1)
        // What lay beneath the mount is another directory: it is what the policy's name leads to now.
        try mounting("umount -l \(root)", for: server)
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).file?.read() == "image")
        #expect(try server.records("root-reopened").count == 2)
    }

    @Test func `a file system type that the root does not name is refused once it is mounted there`() throws {
        let scene = try Scene()
        let root = scene.name("")
        let server = try serve(
            scene, "filesystem tmpfs\nallow rw disk", mounting: "mount -t tmpfs none \(root) && echo -n x > \(root)disk"
        )
        let connection = try server.connect()
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).file?.read() == "x")
        try mounting("umount -l \(root)", for: server)
        let flags = OpenFlag.readWrite | OpenFlag.truncate
        #expect(try connection.open(scene.name("disk"), flags).errno == .permissionDenied)
        #expect(
            try server.records("refused").last?.reason.contains("which the root's `filesystem` does not name") == true)
        #expect(try scene.top.text("images/disk") == "image")
    }

    @Test func `what is mounted read-only is read, and the kernel's errno for writers passes unchanged`() throws {
        let scene = try Scene()
        let root = scene.name("")
        let server = try serve(
            scene, "allow rw ** create",
            mounting: "mount -t tmpfs none \(root) && echo -n image > \(root)disk && mount -o remount,ro \(root)")
        let connection = try server.connect()
        // QEMU tries again without writing for EROFS (auto-read-only), and for few other errnos.
        for flags in [OpenFlag.readWrite, OpenFlag.writeOnly | OpenFlag.truncate] {
            #expect(try connection.open(scene.name("disk"), flags).errno == .readOnlyFileSystem)
            #expect(try server.records("refused").last?.stage == "reopen")
        }
        let create = OpenFlag.readWrite | OpenFlag.create
        #expect(try connection.open(scene.name("new"), create).errno == .readOnlyFileSystem)
        #expect(try server.records("refused").last?.stage == "create")
        #expect(try connection.open(scene.name("disk"), OpenFlag.readOnly).file?.read() == "image")
    }

    @Test func `a denied directory is denied by a bind mount of it`() throws {
        let scene = try Scene {
            try $0.directory("images/private")
            try $0.directory("images/bound")
            try $0.file("images/private/key", "key")
            try $0.file("images/file")
        }
        let bind = "mount --bind \(scene.name("private")) \(scene.name("bound"))"
        let bindFile = "mount --bind \(scene.name("private/key")) \(scene.name("file"))"
        let server = try serve(scene, "allow rw **\ndeny rw private", mounting: "\(bind) && \(bindFile)")
        let connection = try server.connect()
        #expect(try connection.open(scene.name("private/key"), OpenFlag.readWrite).errno == .permissionDenied)
        #expect(try connection.open(scene.name("bound/key"), OpenFlag.readWrite).errno == .permissionDenied)
        #expect(try server.records("refused").last?.reason.contains("denies the object") == true)
        #expect(try connection.open(scene.name("disk"), OpenFlag.readWrite).file != nil)
    }

    @Test func `a denied file is denied by a bind mount of it`() throws {
        let scene = try Scene {
            try $0.file("images/key", "key")
            try $0.file("images/file")
        }
        let server = try serve(
            scene, "allow rw **\ndeny rw key", mounting: "mount --bind \(scene.name("key")) \(scene.name("file"))")
        let connection = try server.connect()
        #expect(try connection.open(scene.name("file"), OpenFlag.readOnly).errno == .permissionDenied)
        #expect(try server.records("refused").last?.reason.contains("denies the object") == true)
    }

    @Test func `a denied file is denied by another name also on what was mounted after the policy was loaded`() throws {
        let scene = try Scene()
        let root = scene.name("")
        let server = try serve(scene, "allow rw **\nallow ro other\ndeny rw key", mounting: "true")
        try mounting(
            "mount -t tmpfs none \(root); echo -n key > \(root)key; ln \(root)key \(root)other; echo x > \(root)disk",
            for: server)
        let connection = try server.connect()
        #expect(try connection.open(scene.name("disk"), OpenFlag.readOnly).file != nil)
        #expect(try connection.open(scene.name("other"), OpenFlag.readOnly).errno == .permissionDenied)
        #expect(try server.records("refused").last?.reason.contains("denies the object") == true)
    }

    @Test func `a file system beneath a root is opened like the root's own`() throws {
        let scene = try Scene { try $0.directory("images/pool") }
        let pool = scene.name("pool")
        let server = try serve(
            scene, "allow rw ** create", mounting: "mount -t tmpfs none \(pool) && echo -n pool > \(pool)/disk")
        let connection = try server.connect()
        #expect(try connection.open("\(pool)/disk", OpenFlag.readWrite).file?.read() == "pool")
        #expect(try connection.open("\(pool)/new", OpenFlag.readWrite | OpenFlag.create).file != nil)
        #expect(!scene.top.exists("images/pool/new"))
    }
}
