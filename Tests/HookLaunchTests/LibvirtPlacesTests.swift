import HookLaunch
import HookLinux
import Testing

/// The directories that libvirt makes for one start of a VM.
struct LibvirtPlacesTests {
    private func places(_ home: String, _ vm: String) -> [String] {
        LibvirtPlaces.places(home: Array(home.utf8), vm: Array(vm.utf8)).map(\.text)
    }

    @Test func `HOME is the domain's directory, and says the number of the start`() {
        #expect(
            places("/var/lib/libvirt/qemu/domain-7-web01", "web01") == [
                "/var/lib/libvirt/qemu/domain-7-web01", "/var/lib/libvirt/qemu/ram/7-web01",
                "/dev/hugepages/libvirt/qemu/7-web01", "/run/libvirt/qemu/channel/7-web01",
            ])
        #expect(places("/x/domain-12-a-name-that-is-longe", "a-name-that-is-longer-than-libvirt-lets-it-be").count == 4)
    }

    @Test(arguments: [
        ("/var/lib/libvirt/qemu/domain-7-web01", "web02"), ("/var/lib/libvirt/qemu/domain-7-prod-web01", "web01"),
        ("/var/lib/libvirt/qemu/domain-7-web", "web01"), ("/root", "web01"), ("", "web01"),
        ("domain-7-web01", "web01"), ("/x/../domain-7-web01", "web01"), ("/x//domain-7-web01", "web01"),
        ("/x/domain--web01", "web01"), ("/x/domain-7", "web01"), ("/x/domain-7-web01/", "web01"),
        ("/x/domain-a7-web01", "web01"),
    ])
    func `what is not this VM's own is nobody's`(home: String, vm: String) {
        #expect(places(home, vm) == [])
    }
}
