import HookLinux
import SystemPackage
import TestSupport
import Testing

struct CaseFoldingTests {
    @Test(arguments: ["vfat", "exfat", "ntfs3", "cifs", "smb3", "hfsplus"])
    func `names are folded by their type on`(fileSystem: String) {
        #expect(CaseFolding.isUsual(on: Array(fileSystem.utf8)))
    }

    @Test(arguments: ["ext4", "xfs", "btrfs", "nfs4", "tmpfs", "fuse", ""])
    func `names are not folded by their type on`(fileSystem: String) {
        #expect(!CaseFolding.isUsual(on: Array(fileSystem.utf8)))
    }

    @Test func `an ordinary directory folds none`() throws {
        let scratch = try ScratchDirectory()
        let directory = try RootDirectory(ambientPath: SystemPath(text: scratch.path))
        let mount = try MountTable().mount(of: directory.descriptor.number, directory.status.mount)
        let folds = CaseFolding.applies(in: directory, mount)
        #expect(!folds)
    }

    @Test(.enabled(if: (try? Program.find("chattr")) != nil))
    func `a directory's flags are those of chattr`() throws {
        let scratch = try ScratchDirectory()
        let directory = try RootDirectory(ambientPath: SystemPath(text: scratch.path))
        let noDump: UInt32 = 0x40
        // A file system without flags, or one that does not let them be set.
        guard let before = try? CaseFolding.inodeFlags(of: directory),
            try Program.run("chattr", ["+d", scratch.path]).ending == .exited(0)
        else { return }
        #expect(before & noDump == 0)
        let after = try CaseFolding.inodeFlags(of: directory)
        #expect(after & noDump != 0)
    }

    @Test func `a directory of procfs has no flags`() throws {
        let directory = try RootDirectory(ambientPath: SystemPath("/proc"))
        let flags = try? CaseFolding.inodeFlags(of: directory)
        #expect(flags == nil)
    }
}
