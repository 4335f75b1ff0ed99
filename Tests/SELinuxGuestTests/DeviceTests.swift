import HookLinux
import TestSupport
import Testing

extension GuestTests {
    /// Devices that the policies of real hosts let a VM use, and not open.
    @Suite struct DeviceTests {
        enum Device: String, CaseIterable, CustomTestStringConvertible {
            case tap = "/dev/net/tun"
            case vhostNet = "/dev/vhost-net"
            case fixedDisk = "/dev/vdc"

            var testDescription: String { rawValue }

            /// The policy that is shipped for it, and the name that it has there.
            var example: (file: String, name: String) {
                switch self {
                case .tap, .vhostNet: ("tap", rawValue)
                case .fixedDisk: ("block-device", "/dev/vg0/db01")
                }
            }
            var type: String {
                switch self {
                case .tap: "tun_tap_device_t"
                case .vhostNet: "vhost_device_t"
                case .fixedDisk: "fixed_disk_device_t"
                }
            }
        }

        /// The example, for a user and a domain of the guest's. The disk gets the name that a volume has.
        private static func policy(of device: Device) throws -> String {
            try Guest.shell(
                """
                mkdir -p /dev/vg0 /dev/disk/by-id
                ln -sfn ../vdc /dev/vg0/db01
                """)
            let example = try Guest.run("cat", "/t/usr/lib/openhook-tests/examples/\(device.example.file).policy")
            return example.replacing("qemu-db01", with: "vm-a").replacing("qemu-net01", with: "vm-a")
                .replacing("peer type svirt_t", with: "peer type openhook_test_vm_t")
        }

        @Test(arguments: Device.allCases)
        func `a device that the VM may use and not open is granted, and only the broker gives it`(
            _ device: Device
        ) throws {
            try Guest.run("chmod", "666", device.rawValue)
            #expect(try Guest.run("stat", "--format=%C", device.rawValue) == "system_u:object_r:\(device.type):s0\n")
            var machine = VirtualMachine.a
            machine.type = "openhook_test_vm_t"
            let server = try GuestServer.start(Self.policy(of: device))
            let request = ["rdwr", "0", device.example.name]

            #expect(try machine.run(["direct", "rdwr", "0", device.rawValue]) == ["errno EACCES"])
            let answers = try machine.run(["--socket", server.socket, "open"] + request)
            #expect(answers.first?.hasPrefix("ok flags=rdwr") == true, "\(answers)")
            #expect(try server.records("opened").last?["object_label"] == "system_u:object_r:\(device.type):s0")
        }
    }
}
