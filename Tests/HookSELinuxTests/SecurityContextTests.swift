import HookSELinux
import TestSupport
import Testing

@Suite struct `A security context` {
    @Test func `has a user, a role, a type and a level`() throws {
        let found = try #require(SecurityContext(validating: Array("system_u:object_r:svirt_image_t:s0:c1,c2".utf8)))
        #expect(Array(found.user) == Array("system_u".utf8))
        #expect(Array(found.role) == Array("object_r".utf8))
        #expect(Array(found.type) == Array("svirt_image_t".utf8))
        #expect(found.level.map(Array.init) == Array("s0:c1,c2".utf8))
        #expect(found.description == "system_u:object_r:svirt_image_t:s0:c1,c2")
    }

    @Test func `has no level where the policy has none`() throws {
        let found = try #require(SecurityContext(validating: Array("u:r:t".utf8)))
        #expect(Array(found.type) == Array("t".utf8))
        #expect(found.level == nil)
    }

    @Test func `is compared byte for byte`() {
        #expect(context("u:r:t:s0:c1,c2") != context("u:r:t:s0:c2,c1"))
        #expect(context("u:r:t:s0") != context("u:r:t"))
    }

    @Test(arguments: [
        "", "u", "u:r", ":r:t", "u::t", "u:r:", "u:r:t:", "unconfined", "libvirt-1234 (enforce)",
        ":lxd-ns://unconfined (enforce)", "u:r:t:s0 other_u:other_r:other_t:s0 7", "u:r:t:s0\n", "u:r:t\t:s0",
        "u:r:t:s0\u{7F}", "ü:r:t:s0",
    ])
    func `is not made of other text`(text: String) {
        #expect(SecurityContext(validating: Array(text.utf8)) == nil)
    }

    @Test func `is never longer than the kernel's answers`() {
        let fits = Array("u:r:t:".utf8) + Array(repeating: UInt8(ascii: "c"), count: SecurityContext.longest - 6)
        #expect(SecurityContext(validating: fits) != nil)
        #expect(SecurityContext(validating: fits + [UInt8(ascii: "c")]) == nil)
    }

    @Test func `never holds a NUL or a byte beyond ASCII`() {
        for byte in [0x00, 0x20, 0x80, 0xFF] as [UInt8] {
            #expect(SecurityContext(validating: Array("u:r:t:s0".utf8) + [byte]) == nil)
        }
    }
}
