import HookPolicy
import Testing

extension ExampleTests {
    /// The policy that the language's documentation begins with.
    static let text = #"""
        openhook 1                                   # must come first: the version of the language

        vm      web01                                # names the VM in audit records, sockets, status
        uuid    4dea22b3-1d52-d8f3-2516-782e98ab3fa0 # optional, audit

        selinux require                              # require (default) | if-enabled | off
        peer    type  svirt_t                        # who may ask
        directory /srv/nfs/images                    # optional base for relative names

        variable  disk web01.qcow2                   # ${disk}
        include   "common/firmware.policy"           # relative to this file

        root images /srv/nfs/images {                # a directory, held open
            label      system_u:object_r:svirt_image_t:${level}   # of files here
            symlinks   inside                        # none (default) | inside
            filesystem nfs nfs4                      # optional
            as         libvirt-qemu:kvm              # optional

            allow rw  ${disk}
            allow ro  base/**.qcow2             label system_u:object_r:virt_content_t:s0
            allow rw  snapshots/${vm}/*.qcow2   create mode 0600 limit 32
            deny  rw  base/private
        }

        allow rw  /dev/vhost-net             kind char
        allow ro  /usr/share/OVMF/*.fd       symlinks inside
        allow rw  /dev/vg0/web01             kind block  symlinks follow

        """#

    static let includes = ["common/firmware.policy": "allow ro /usr/share/seabios/bios.bin\n"]
}

struct ExampleTests {
    private let result = parse(text, includes: includes)

    @Test func `the example of the documentation has no errors and no warnings`() {
        #expect(result.rendered == [])
    }

    @Test func `the example's settings are read`() throws {
        let policy = try #require(result.policy)
        #expect(policy.vm == bytes("web01"))
        #expect(policy.uuid == bytes("4dea22b3-1d52-d8f3-2516-782e98ab3fa0"))
        #expect(policy.selinux == .require)
        #expect(policy.peers.types.map(\.type) == [bytes("svirt_t")])
        #expect(policy.directory == AbsolutePath("/srv/nfs/images"))
        #expect(policy.rate == .limited(perSecond: 200, burst: 5000))
        #expect(policy.own.isEmpty)
        #expect(policy.ioUring == .refused)
    }

    @Test func `the example's roots are the declared one and those of rules outside it`() throws {
        let policy = try #require(result.policy)
        let directories = policy.roots.map { String(decoding: $0.directory.bytes, as: UTF8.self) }
        #expect(
            directories == ["/usr/share/seabios", "/srv/nfs/images", "/dev", "/usr/share/OVMF", "/dev/vg0"])
        #expect(policy.roots.map(\.isDeclared) == [false, true, false, false, false])
        let images = policy.roots[1]
        #expect(images.declaration == .declared(name: bytes("images")))
        #expect(images.symlinks == .inside)
        #expect(images.fileSystems == [bytes("nfs"), bytes("nfs4")])
        #expect(images.identity?.user == bytes("libvirt-qemu"))
        #expect(images.identity?.group == bytes("kvm"))
        #expect(images.label?.context(level: nil) == nil)
        #expect(images.label?.context(level: bytes("s0:c1,c2")) == bytes("system_u:object_r:svirt_image_t:s0:c1,c2"))
    }

    @Test func `the example's rules are read`() throws {
        let policy = try #require(result.policy)
        #expect(policy.rules.count == 8)
        let disk = policy.rules[1]
        #expect(disk.exactName == AbsolutePath("/srv/nfs/images/web01.qcow2"))
        #expect(disk.symlinks == .inside)
        #expect(disk.text == bytes("allow rw  ${disk}"))
        #expect(policy.describe(1) == "vm.policy:19")
        let snapshots = policy.rules[3]
        #expect(snapshots.exactName == nil)
        #expect(snapshots.creation?.mode == 0o600)
        #expect(snapshots.creation?.limit == 32)
        #expect(snapshots.onlyDirectory == AbsolutePath("/srv/nfs/images/snapshots/web01"))
        #expect(snapshots.matches("/srv/nfs/images/snapshots/web01/a.qcow2"))
        #expect(!snapshots.matches("/srv/nfs/images/snapshots/web01/a.raw"))
        let device = policy.rules[7]
        #expect(device.kinds == .block)
        #expect(device.symlinks == .follow)
        #expect(policy.rules[0].span.file == 1)
    }

    @Test(arguments: [
        ("the disk, written", "/srv/nfs/images/web01.qcow2", Access.readWrite, Verdict.granted(1)),
        ("a base image", "/srv/nfs/images/base/x/y.qcow2", .readOnly, .granted(2)),
        ("a base image, written", "/srv/nfs/images/base/y.qcow2", .readWrite, .insufficient(2)),
        ("a snapshot", "/srv/nfs/images/snapshots/web01/1.qcow2", .readWrite, .granted(3)),
        ("a snapshot's folder below", "/srv/nfs/images/snapshots/web01/1/2.qcow2", .readWrite, .unlisted),
        ("another VM's snapshot", "/srv/nfs/images/snapshots/web02/1.qcow2", .readOnly, .unlisted),
        ("what is denied", "/srv/nfs/images/base/private", .readOnly, .denied(by: 4)),
        ("beneath what is denied", "/srv/nfs/images/base/private/x.qcow2", .readOnly, .denied(by: 4)),
        ("beside what is denied", "/srv/nfs/images/base/private.qcow2", .readOnly, .granted(2)),
        ("a device", "/dev/vhost-net", .readWrite, .granted(5)),
        ("firmware", "/usr/share/OVMF/OVMF_CODE.fd", .readOnly, .granted(6)),
        ("nothing of ours", "/etc/shadow", .readOnly, .unlisted),
    ])
    func `the example decides`(row: (what: String, name: String, access: Access, verdict: Verdict)) throws {
        let policy = try #require(result.policy)
        #expect(policy.decide(row.name, row.access) == row.verdict)
    }
}
