import HookSELinux
import HookSepol
import TestSupport
import Testing

@Suite struct `The reason of a denial` {
    private static let categories =
        "mlsconstrain file { ioctl read write create lock append open } "
        + "((h1 dom h2 -Fail-)  or (t1 != mcs_constrained_type -Fail-) );"

    private func reasons(_ object: SecurityContext, _ objectClass: ObjectClass, _ missing: Permissions) throws
        -> [DenialReason]
    {
        let denial = LabelDenial(subject: Context.vm, object: object, objectClass: objectClass, missing: missing)
        return try SmallPolicy.load().reasons(for: denial)
    }

    @Test func `is the rule that is missing`() throws {
        #expect(
            try reasons(Context.base, .file, [.write, .append])
                == [.noRule("allow svirt_t virt_image_t:file { write append }")])
        #expect(try reasons(Context.tap, .fd, .use) == [.noRule("allow svirt_t tap_device_t:fd use")])
    }

    @Test func `is the constraint that takes away what a rule allows`() throws {
        #expect(
            try reasons(Context.otherImage, .file, [.read, .lock]) == [.constraint([.read, .lock], Self.categories)])
    }

    @Test func `is both, each with its permissions`() throws {
        let other = context("system_u:object_r:virt_image_t:s0:c3,c4")
        #expect(
            try reasons(other, .file, [.read, .write]) == [
                .noRule("allow svirt_t virt_image_t:file write"), .constraint([.read, .write], Self.categories),
            ])
    }

    @Test func `is nothing for what is allowed`() throws {
        #expect(try reasons(Context.otherImage, .file, .getattr) == [])
    }

    @Test func `reads like a sentence`() throws {
        #expect(
            try reasons(Context.base, .file, .write).map(\.description)
                == ["no rule allows it: allow svirt_t virt_image_t:file write;"])
        #expect(
            try reasons(Context.otherImage, .file, .read).map(\.description)
                == ["a constraint forbids { read }: \(Self.categories)"])
    }
}
