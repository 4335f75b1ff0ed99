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
            var kind: String { self == .fixedDisk ? "block" : "char" }
            var type: String {
                switch self {
                case .tap: "tun_tap_device_t"
                case .vhostNet: "vhost_device_t"
                case .fixedDisk: "fixed_disk_device_t"
                }
            }
        }

        @Test(arguments: Device.allCases)
        func `a device that the VM may use and not open is granted, and only the broker gives it`(
            _ device: Device
        ) throws {
            try Guest.run("chmod", "666", device.rawValue)
            #expect(try Guest.run("stat", "--format=%C", device.rawValue) == "system_u:object_r:\(device.type):s0\n")
            var machine = VirtualMachine.a
            machine.type = "openhook_test_vm_t"
            let server = try GuestServer.start(
                """
                openhook 1
                vm vm-a
                peer type openhook_test_vm_t
                selinux require
                allow rw \(device.rawValue) kind \(device.kind)
                """)
            let request = ["rdwr", "0", device.rawValue]

            #expect(try machine.run(["direct"] + request) == ["errno EACCES"])
            let answers = try machine.run(["--socket", server.socket, "open"] + request)
            #expect(answers.first?.hasPrefix("ok flags=rdwr") == true, "\(answers)")
            #expect(try server.records("opened").last?["object_label"] == "system_u:object_r:\(device.type):s0")
        }
    }
}
