import HookLinux
import SystemPackage
import TestSupport
import Testing

struct MountInfoTests {
    private static let text = Array(
        """
        22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,seclabel
        36 22 0:30 / /srv/nfs rw,relatime shared:2 master:3 - nfs4 server:/x rw,vers=4.2,context=system_u:object_r:virt_image_t:s0
        37 22 0:31 / /mnt/with\\040blank ro - fuse.sshfs host:/y rw,user_id=0
        38 22 0:32 / /context rw,context="system_u:object_r:x_t:s0:c1,c2" - tmpfs none rw,seclabel
        222 22 0:33 / /other rw - xfs /dev/vdb rw
        50 22 0:34 / /broken rw
        51 22 0:35 / /short rw - ext4
        52 22 0:36 / /seclabels rw - ext4 /dev/x rw,noseclabel,seclabelx
        53 22 0:37 / /empty rw -

        """.utf8)

    static let found: [(UInt64, String, Mount.Labelling, Mount.Reach)] = [
        (22, "ext4", .perFile, .local), (36, "nfs4", .context, .canHang), (37, "fuse.sshfs", .none, .canHang),
        (38, "tmpfs", .context, .local), (222, "xfs", .none, .local), (52, "ext4", .none, .local),
    ]

    @Test(arguments: found)
    func `a mount is found by its number`(
        id: UInt64, type: String, labelling: Mount.Labelling, reach: Mount.Reach
    ) throws {
        let mount = try #require(MountInfo.mount(withID: id, in: Self.text))
        #expect(mount.fileSystem == Array(type.utf8))
        #expect(mount.labelling == labelling)
        #expect(mount.reach == reach)
    }

    @Test(arguments: [UInt64(2), 0, 50, 51, 53, 36_000, .max])
    func `what is not there, or cut off, is none`(id: UInt64) {
        #expect(MountInfo.mount(withID: id, in: Self.text) == nil)
    }

    @Test func `any bytes are read without a trap`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<60).map { _ in "1 /-a=,\n".utf8.randomElement(using: &random) ?? 0 }
            _ = MountInfo.mount(withID: 1, in: bytes)
        }
        #expect(MountInfo.mount(withID: 1, in: []) == nil)
    }
}

struct MountTableTests {
    @Test func `of a mount that is not listed it is known whether a block device is beneath it, no more`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("mountinfo", "0 0 254:1 / /elsewhere rw - ext4 /dev/vda1 rw\n")
        let table = MountTable(reading: SystemPath(text: scratch.path("mountinfo")))
        for place in [scratch.path(""), "/proc"] {
            let directory = try RootDirectory(ambientPath: SystemPath(text: place))
            let mount = try table.mount(of: directory.descriptor.number, directory.status.mount)
            #expect(mount.fileSystem == Array("unknown".utf8))
            #expect(mount.labelling == .unknown)
            #expect(mount.foldsCase)
            let isOnDevice = directory.status.identity.deviceMajor != 0
            #expect(mount.reach == (isOnDevice ? .local : .canHang), "\(place)")
            if place == "/proc" { #expect(!isOnDevice) }
        }
    }

    @Test func `the mount of an open object is found, and found again`() throws {
        let table = MountTable()
        let proc = try RootDirectory(ambientPath: "/proc")
        let first = try table.mount(of: proc.descriptor.number, proc.status.mount)
        #expect(first.fileSystem == Array("proc".utf8))
        #expect(first.reach == .local)
        #expect(try table.mount(of: proc.descriptor.number, proc.status.mount) == first)
        table.forget()
        #expect(try table.mount(of: proc.descriptor.number, proc.status.mount) == first)
    }

    @Test func `mounts that differ have other identities`() throws {
        let proc = try RootDirectory(ambientPath: "/proc").status.mount
        let sys = try RootDirectory(ambientPath: "/sys").status.mount
        #expect(proc != sys)
        #expect(try RootDirectory(ambientPath: "/proc/self").status.mount == proc)
    }
}
