import HookLinux
import TestSupport
import Testing

extension GuestTests {
    @Suite struct AgreementTests {
        @Test
        func `libsepol answers as the kernel does, in at least 800 questions, and each difference has its reason`()
            throws
        {
            let run = try Program.run(
                BuiltProgram.path("selinux-compare"), ["--least", "800"], environment: Guest.environment)
            #expect(run.ending == .exited(0), "\(run)")
        }
    }
}
