import SystemPackage
import TestSupport
import Testing

@testable import HookLaunch
@testable import HookLinux

/// What selinuxfs says of a boolean.
struct SELinuxBooleanTests {
    @Test(arguments: [
        ("1 1", SELinuxBoolean.State.on), ("1 0", .on), ("0 0", .off), ("0 1", .off), ("", nil), ("on", nil),
    ])
    func `is its first number, which is what holds now`(text: String, state: SELinuxBoolean.State?) throws {
        let directory = try ScratchDirectory()
        try directory.file("openhook_use_notify", text)
        #expect(SELinuxBoolean.state(of: "openhook_use_notify", in: SystemPath(text: directory.path)) == state)
    }

    @Test func `that the policy has not is neither on nor off`() throws {
        let directory = try ScratchDirectory()
        #expect(SELinuxBoolean.state(of: "openhook_use_notify", in: SystemPath(text: directory.path)) == nil)
    }
}
