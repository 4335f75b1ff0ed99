import HookSELinux
import TestSupport
import SystemPackage
import Testing

private let denial = LabelDenial(
    subject: Context.vm, object: Context.otherImage, objectClass: .file, missing: [.read, .write])

@Suite struct `A label refusal` {
    @Test func `is written as object managers write it`() {
        #expect(
            denial.avc(.refused, for: #"spid=7 path="/a""#)
                == #"avc:  denied  { read write } for  spid=7 path="/a" scontext=system_u:system_r:svirt_t:s0:c1,c2 "#
                + "tcontext=system_u:object_r:svirt_image_t:s0:c3,c4 tclass=file permissive=0")
        #expect(
            denial.avc(.granted)?.hasSuffix(
                " for   scontext=\(Context.vm) tcontext=\(Context.otherImage) tclass=file permissive=1") == true)
    }

    @Test func `is not written as far as the policy wants it not to be`() {
        func denial(audited: Permissions) -> LabelDenial {
            LabelDenial(
                subject: Context.vm, object: Context.nfs, objectClass: .file, missing: [.read, .append],
                audited: audited)
        }
        #expect(denial(audited: .read).avc(.refused)?.hasPrefix("avc:  denied  { read } for  ") == true)
        #expect(denial(audited: []).avc(.refused) == nil)
    }

    static let texts: [(LabelRefusal, String)] = [
        (
            .denied(denial),
            "SELinux denies { read write } on system_u:object_r:svirt_image_t:s0:c3,c4 (file) to "
                + "system_u:system_r:svirt_t:s0:c1,c2"
        ),
        (
            .unanswered("security_compute_av", .permissionDenied),
            "SELinux could not be asked: security_compute_av: EACCES (Permission denied)"
        ),
        (
            .unknownToPolicy("the class `fd`"),
            "the SELinux policy that was loaded meanwhile does not know the class `fd`"
        ),
        (.policyKeepsChanging, "the SELinux policy changed each time it was asked"),
        (.labelsAreOff, "a label check was asked for although labels are off"),
    ]

    @Test(arguments: texts)
    func `says why`(refusal: LabelRefusal, text: String) {
        #expect(refusal.description == text)
    }
}
