import HookLinux
import SystemPackage
import TestSupport
import Testing

/// What becomes of a name after the object was looked at, and before it is open: the open waits for a lease meanwhile.
struct ChangeTests {
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable (ScratchDirectory) throws -> Void

        init(_ testDescription: String, _ make: @escaping @Sendable (ScratchDirectory) throws -> Void) {
            self.testDescription = testDescription
            self.make = make
        }
    }

    static let changes = [
        Change("unlinked") { try $0.remove("images/disk") },
        Change("renamed to a name that no rule grants") { try $0.rename("images/disk", to: "images/other") },
        Change("renamed out of the root") { try $0.rename("images/disk", to: "outside/disk") },
        Change("replaced by another VM's file") {
            try $0.hardLink("images/next", to: "outside/secret")
            try $0.rename("images/next", to: "images/disk")
        },
        Change("replaced by a link that leads out") {
            try $0.symlink("images/next", to: "../outside/secret")
            try $0.rename("images/next", to: "images/disk")
        },
        Change("beneath a directory that a link replaces") {
            try $0.rename("images", to: "away")
            try $0.symlink("images", to: "outside")
            try $0.hardLink("outside/disk", to: "outside/secret")
        },
    ]

    @Test(arguments: changes, [OpenFlag.readWrite, OpenFlag.readWrite | OpenFlag.truncate])
    func `the file that was looked at is the one that is opened and cut, whatever has its name`(
        change: Change, flags: CInt
    ) throws {
        let scene = try Scene()
        let server = try scene.serve("allow rw disk") { $0.arguments = ["--open-timeout", "60"] }
        let looked = try scene.top.status("images/disk").identity
        let lease = try Lease(on: scene.name("disk"))
        let connection = try server.connect()
        try connection.send(RawConnection.request(Array(scene.name("disk").utf8), flags))
        #expect(poll { TestServer.isWaitingForLease(server.pid) ? true : nil } == true)
        try change.make(scene.top)
        lease.release()
        let file = try #require(try connection.reply().answer.file)
        #expect(try file.status.identity == looked)
        #expect(file.read() == (flags == OpenFlag.readWrite ? "image" : ""))
        #expect(try scene.top.text("outside/secret") == "secret")
        let record = try #require(try server.records("opened").last)
        #expect(record["inode"] == "\(looked.inode)")
    }
}
