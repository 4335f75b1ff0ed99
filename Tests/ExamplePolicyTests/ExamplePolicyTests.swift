import HookPolicy
import SystemPackage
import Testing

struct ExamplePolicyTests {
    @Test(arguments: ExamplePolicies.policyNames)
    func `an example is read without an error or a warning`(name: String) {
        let result = ExamplePolicies.parse(name)
        #expect(result.diagnostics.map { $0.render(in: result.sources) } == [])
        #expect(result.policy != nil)
    }

    @Test func `a file that is no policy by itself is included by one`() {
        let used = ExamplePolicies.policyNames.flatMap { name in
            ExamplePolicies.parse(name).sources.files.map { ExamplePolicies.plain($0.name) }
        }
        #expect(Set(used) == Set(ExamplePolicies.names))
        #expect(ExamplePolicies.names.count > ExamplePolicies.policyNames.count)
    }

    @Test(arguments: ExamplePolicies.policyNames)
    func `an example that is printed reads as the same policy`(name: String) throws {
        let policy = try #require(ExamplePolicies.parse(name).policy)
        let text = PolicyPrinter.print(policy)
        let again = PolicyParser.parse(main: SourceFile(name: Array("printed".utf8), bytes: text)) { _ in
            .unreadable(.noSuchFileOrDirectory)
        }
        #expect(again.diagnostics.map { $0.render(in: again.sources) } == [])
        let reread = try #require(again.policy)
        #expect(PolicyPrinter.print(reread) == text)
        #expect(reread.rules.count == policy.rules.count)
        #expect(reread.roots.map(\.directory) == policy.roots.map(\.directory))
    }

    /// What the comments of the examples promise.
    struct Promise: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let policy: String
        let name: String
        let access: Access
        let isGranted: Bool

        init(_ what: String, _ policy: String, _ name: String, _ access: Access, granted: Bool) {
            testDescription = what
            self.policy = policy + ".policy"
            self.name = name
            self.access = access
            isGranted = granted
        }
    }

    private static let images = "/var/lib/libvirt/images"

    @Test(arguments: [
        Promise("the image", "one-qcow2", "\(images)/web01.qcow2", .readWrite, granted: true),
        Promise("what lies beside it", "one-qcow2", "\(images)/web02.qcow2", .readOnly, granted: false),
        Promise("a base image, read", "nfs-root", "/srv/nfs/images/base/x/y.qcow2", .readOnly, granted: true),
        Promise("a base image, written", "nfs-root", "/srv/nfs/images/base/y.qcow2", .readWrite, granted: false),
        Promise("what is denied", "nfs-root", "/srv/nfs/images/base/unreleased/y.qcow2", .readOnly, granted: false),
        Promise("a snapshot", "nfs-root", "/srv/nfs/images/snapshots/web01/1.qcow2", .readWrite, granted: true),
        Promise("a volume", "block-device", "/dev/vg0/db01-data", .readWrite, granted: true),
        Promise(
            "a disk, written", "block-device", "/dev/disk/by-id/wwn-0x5000c500a1b2c3d4", .readWrite, granted: false),
        Promise("firmware, included", "uefi", "/usr/share/OVMF/OVMF_CODE.fd", .readOnly, granted: true),
        Promise("firmware, written", "uefi", "/usr/share/OVMF/OVMF_CODE.fd", .readWrite, granted: false),
        Promise(
            "the VM's own variables", "uefi", "/var/lib/libvirt/qemu/nvram/win11_VARS.fd", .readWrite, granted: true),
        Promise("a data disk", "libvirt", "/srv/cephfs/images/web01-data3.qcow2", .readWrite, granted: true),
        Promise("a VM of a longer name", "libvirt", "/srv/cephfs/images/web011.qcow2", .readOnly, granted: false),
        Promise("one of the fleet", "fleet/web02", "/srv/images/web02/disk.qcow2", .readWrite, granted: true),
        Promise("another one's disk", "fleet/web02", "/srv/images/web01/disk.qcow2", .readOnly, granted: false),
        Promise("a longer name's", "fleet/web01", "/srv/images/web011/disk.qcow2", .readOnly, granted: false),
        Promise("a volume of one", "fleet/db01", "/dev/vg0/db01", .readWrite, granted: true),
        Promise("a denied base image", "fleet/db01", "/srv/images/base/unreleased", .readOnly, granted: false),
        Promise("learned, written", "learning", "/srv/images/legacy07/a/b.qcow2", .readWrite, granted: true),
        Promise("learned, only read", "learning", "/srv/images/base/b.qcow2", .readWrite, granted: false),
        Promise("denied while learning", "learning", "/srv/images/base/unreleased/b", .readOnly, granted: false),
    ])
    func `an example grants what its comments say`(promise: Promise) throws {
        let policy = try #require(ExamplePolicies.parse(promise.policy).policy)
        let isGranted =
            switch policy.decide(Array(promise.name.utf8).span, promise.access) {
            case .granted, .learning: true
            case .denied, .insufficient, .tie, .unlisted: false
            }
        #expect(isGranted == promise.isGranted)
    }
}
