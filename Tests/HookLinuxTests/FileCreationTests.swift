import HookLinux
import SystemPackage
import TestSupport
import Testing

struct FileCreationTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func create(_ name: String) throws(Errno) -> OwnedDescriptor {
        let root = try RootDirectory(ambientPath: SystemPath(text: scratch.path))
        return try FileCreation.create(
            lastComponentOf: SystemPath(text: "/ignored/" + name), in: root.descriptor, flags: OpenFlag.readWrite,
            mode: 0o600)
    }

    @Test func `a file is made where nothing is`() throws {
        let file = try create("new")
        #expect(try FileStatus.of(file).identity == scratch.status("new").identity)
        #expect(try scratch.status("new").permissions == 0o600)
    }

    @Test func `nothing that exists is opened or followed`() throws {
        try scratch.file("file")
        try scratch.symlink("dangling", to: "target")
        try scratch.directory("directory")
        for name in ["file", "dangling", "directory"] {
            #expect(failure { () throws(Errno) in _ = try create(name) } == .fileExists)
        }
        #expect(!scratch.exists("target"))
        #expect(try scratch.text("file") == "image")
    }

    @Test func `a file is cut to nothing`() throws {
        let file = try create("new")
        #expect(GrantedFile(try file.duplicate()).write("text"))
        try FileCreation.truncate(file)
        #expect(try FileStatus.of(file, .synchronized).size == 0)
    }
}
