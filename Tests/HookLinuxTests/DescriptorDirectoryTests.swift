import HookLinux
import SystemPackage
import TestSupport
import Testing

struct DescriptorDirectoryTests {
    private func object(_ name: String, in scratch: ScratchDirectory) throws -> OwnedDescriptor {
        try RootDirectory(ambientPath: SystemPath(text: scratch.path)).resolveToLink(
            climbing: SystemPath(text: name), mounts: .refuse)
    }

    @Test(arguments: [DescriptorDirectory.Table.process, .callingThread])
    func `an object's name follows a rename, and says that it is gone`(table: DescriptorDirectory.Table) throws {
        let scratch = try ScratchDirectory()
        try scratch.file("file")
        let descriptors = try DescriptorDirectory(of: table)
        let file = try object("file", in: scratch)
        var name = SystemPath("/something else")
        try descriptors.name(of: file, into: &name)
        #expect(name.text == scratch.path("file"))
        try scratch.rename("file", to: "moved")
        try descriptors.name(of: file, into: &name)
        #expect(name.text == scratch.path("moved"))
        try scratch.remove("moved")
        try descriptors.name(of: file, into: &name)
        #expect(name.text == scratch.path("moved") + " (deleted)")
    }

    @Test func `the very object is opened again, whatever has its name now`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("file", "old")
        let descriptors = try DescriptorDirectory(of: .process)
        let file = try object("file", in: scratch)
        try scratch.remove("file")
        try scratch.file("file", "new")
        let opened = try descriptors.reopen(file, flags: OpenFlag.readWrite)
        #expect(try FileStatus.of(opened).identity == FileStatus.of(file).identity)
        #expect(GrantedFile(opened).read() == "old")
    }

    @Test func `a link is never opened again`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("file")
        try scratch.symlink("link", to: "file")
        let descriptors = try DescriptorDirectory(of: .process)
        let link = try object("link", in: scratch)
        #expect(
            failure { () throws(Errno) in _ = try descriptors.reopen(link, flags: OpenFlag.readOnly) }
                == .tooManySymbolicLinkLevels)
    }

    @Test(arguments: [OpenFlag.create, OpenFlag.truncate, OpenFlag.noFollow])
    func `flags that act too early stop the program`(flag: CInt) async {
        // Each value runs in a process of its own.
        switch flag {
        case OpenFlag.create: await #expect(processExitsWith: .failure) { try reopenNull(OpenFlag.create) }
        case OpenFlag.truncate: await #expect(processExitsWith: .failure) { try reopenNull(OpenFlag.truncate) }
        default: await #expect(processExitsWith: .failure) { try reopenNull(OpenFlag.noFollow) }
        }
    }
}

private func reopenNull(_ flags: CInt) throws {
    let descriptors = try DescriptorDirectory(of: .process)
    let object = try RootDirectory(ambientPath: "/").descriptor.duplicate()
    _ = try descriptors.reopen(object, flags: flags)
}
