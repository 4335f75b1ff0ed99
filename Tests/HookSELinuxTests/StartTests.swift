import HookSELinux
import TestSupport
import SystemPackage
import Testing

private func startup(_ requirement: LabelRequirement, _ fake: FakeSELinux) -> LabelStartupFailure? {
    failure { () throws(LabelStartupFailure) in try LabelCheck(requirement, through: fake) }
}

private let noSELinux = FakeSELinux { state in
    state.isListed = false
    state.own = .failure(.invalidArgument)
}

/// A situation in which `selinux_check_access` of libselinux 3.4 allows what the policy denies, or ends the process.
struct Situation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout FakeSELinux.State) -> Void
    let failure: LabelStartupFailure
    let text: String
}

@Suite struct `The start` {
    static let situations: [Situation] = [
        Situation(
            testDescription: "no SELinux in the kernel",
            change: { state in
                state.isListed = false
                state.own = .failure(.invalidArgument)
            },
            failure: .selinuxIsOff,
            text: "the policy says `selinux require`, and this kernel has no SELinux: start it with "
                + "`security=selinux`, or write `selinux if-enabled` (labels are checked where the kernel has them) "
                + "or `selinux off`"),
        Situation(
            testDescription: "selinuxfs not mounted, or mounted read-only",
            change: { $0.status = .noSuchFileOrDirectory },
            failure: .cutOff(.statusPage, .noSuchFileOrDirectory),
            text: "this kernel has SELinux, and the server cannot use it: selinux_status_open: "
                + "ENOENT (No such file or directory): mount selinuxfs on /sys/fs/selinux for the server, writable "
                + "(no ProtectKernelTunables=), and allow it `security_t:dir search` and "
                + "`security_t:file { open read map }`"),
        Situation(
            testDescription: "the status page may not be mapped",
            change: { $0.status = .permissionDenied },
            failure: .cutOff(.statusPage, .permissionDenied),
            text: "this kernel has SELinux, and the server cannot use it: selinux_status_open: "
                + "EACCES (Permission denied): mount selinuxfs on /sys/fs/selinux for the server, writable "
                + "(no ProtectKernelTunables=), and allow it `security_t:dir search` and "
                + "`security_t:file { open read map }`"),
        Situation(
            testDescription: "selinuxfs hidden from /proc/filesystems, but the process has a context",
            change: { state in
                state.isListed = false
                state.enforcing = .failure(.noSuchFileOrDirectory)
            },
            failure: .cutOff(.enforcing, .noSuchFileOrDirectory),
            text: "this kernel has SELinux, and the server cannot use it: security_getenforce: "
                + "ENOENT (No such file or directory): allow the server `security_t:dir search` and "
                + "`security_t:file { open read }`"),
        Situation(
            testDescription: "no /proc",
            change: { $0.own = .failure(.noSuchFileOrDirectory) },
            failure: .cutOff(.ownContext, .noSuchFileOrDirectory),
            text: "this kernel has SELinux, and the server cannot use it: getcon: ENOENT (No such file or directory): "
                + "mount /proc for the server"),
        Situation(
            testDescription: "no policy loaded",
            change: { $0.own = .success(Array("kernel".utf8)) },
            failure: .oddOwnContext(Array("kernel".utf8)),
            text: "this kernel has SELinux, and the server's own label is no context: \"kernel\": load a SELinux policy"
        ),
        Situation(
            testDescription: "an unknown class (handle_unknown=allow)",
            change: { $0.unknownNames = ["blk_file"] },
            failure: .unknownClass("blk_file", .invalidArgument),
            text: "the loaded SELinux policy has no class `blk_file` (EINVAL (Invalid argument)): allow the server "
                + "`security_t:dir { search open read }` and `security_t:file { open read }`, or update the policy"),
        Situation(
            testDescription: "an unknown permission (handle_unknown=allow)",
            change: { $0.unknownNames = ["add_name"] },
            failure: .unknownPermission("add_name", ofClass: "dir", .invalidArgument),
            text: "the loaded SELinux policy has no permission `add_name` of class `dir` (EINVAL (Invalid argument)): "
                + "allow the server `security_t:dir { search open read }` and `security_t:file { open read }`, "
                + "or update the policy"),
        Situation(
            testDescription: "security:compute_av missing",
            change: { $0.accessFailure = .permissionDenied },
            failure: .cutOff(.decision, .permissionDenied),
            text: "this kernel has SELinux, and the server cannot use it: security_compute_av: "
                + "EACCES (Permission denied): mount selinuxfs on /sys/fs/selinux for the server, writable "
                + "(no ProtectKernelTunables=), and allow it `security_t:file { open read write }` and "
                + "`security_t:security compute_av`"),
    ]

    @Test(arguments: situations)
    func `ends, and says what to do, where labels are required and cannot be checked`(situation: Situation) {
        let found = startup(.require, FakeSELinux(situation.change))
        #expect(found == situation.failure)
        #expect(found?.description == situation.text)
    }

    @Test(arguments: situations.dropFirst())
    func `ends in the same way under if-enabled, if the kernel has SELinux`(situation: Situation) {
        #expect(startup(.ifEnabled, FakeSELinux(situation.change)) == situation.failure)
    }

    @Test(arguments: situations)
    func `goes on whatever is missing if the policy says off`(situation: Situation) throws {
        #expect(try LabelCheck(.off, through: FakeSELinux(situation.change)).mode == .off)
    }

    @Test func `goes on under if-enabled without SELinux in the kernel, and every check is refused`() throws {
        let labels = try LabelCheck(.ifEnabled, through: noSELinux)
        #expect(labels.kernel == .off)
        #expect(labels.mode == .off)
        #expect(labels.plan(for: .unlabelled(because: nil), pins: []) == .noCheck(.kernelHasNoLabels))
        let refusal = failure { () throws(LabelRefusal) in
            try labels.check(subject: Context.vm, object: .kernel(Context.image), kind: .file, access: .read)
        }
        #expect(refusal == .labelsAreOff)
    }

    @Test(arguments: ["unconfined", "libvirt-1 (enforce)", ":ns://unconfined (enforce)"])
    func `does not take an AppArmor label for SELinux`(label: String) throws {
        let fake = FakeSELinux { state in
            state.isListed = false
            state.own = .success(Array(label.utf8))
        }
        #expect(try LabelCheck(.ifEnabled, through: fake).kernel == .off)
        #expect(startup(.require, fake) == .selinuxIsOff)
    }

    @Test func `finds what is_selinux_enabled misses: denials of the policy hold without /etc/selinux`() throws {
        // In that situation libselinux says "disabled" and allows; the kernel's answers are there all the same.
        let labels = try LabelCheck(.require, through: FakeSELinux())
        let refusal = failure { () throws(LabelRefusal) in
            try labels.check(subject: Context.vm, object: .kernel(Context.image), kind: .file, access: .read)
        }
        #expect(refusal?.denial?.missing == [.getattr, .lock, .ioctl, .read])
    }
}
