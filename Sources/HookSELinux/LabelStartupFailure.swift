internal import HookLinux
package import SystemPackage

/// Why the server must not start (exit status 3): labels are asked for and cannot be checked.
package enum LabelStartupFailure: Error, Sendable, Equatable {
    /// `selinux require`, and a kernel without SELinux.
    case selinuxIsOff
    /// The kernel has SELinux, and this process cannot use it.
    case cutOff(Step, Errno)
    /// The process's own context is not one.
    case oddOwnContext([UInt8])
    /// The loaded policy does not know a class or permission that has to be asked about.
    case unknownClass(String, Errno)
    case unknownPermission(String, ofClass: String, Errno)

    /// What was tried.
    package enum Step: String, Sendable, CaseIterable {
        case ownContext = "getcon"
        case statusPage = "selinux_status_open"
        case enforcing = "security_getenforce"
        case decision = "security_compute_av"
    }
}

extension LabelStartupFailure: CustomStringConvertible {
    /// What happened, and what to do next.
    package var description: String {
        switch self {
        case .selinuxIsOff:
            """
            the policy says `selinux require`, and this kernel has no SELinux: start it with `security=selinux`, or \
            write `selinux if-enabled` (labels are checked where the kernel has them) or `selinux off`
            """
        case .cutOff(let step, let errno):
            "this kernel has SELinux, and the server cannot use it: \(step.rawValue): \(errno.described): \(step.remedy)"
        case .oddOwnContext(let bytes):
            """
            this kernel has SELinux, and the server's own label is no context: \
            \(String(reflecting: String(decoding: bytes, as: UTF8.self))): load a SELinux policy
            """
        case .unknownClass(let name, let errno):
            "the loaded SELinux policy has no class `\(name)` (\(errno.described)): \(Self.vocabularyRemedy)"
        case .unknownPermission(let name, let objectClass, let errno):
            """
            the loaded SELinux policy has no permission `\(name)` of class `\(objectClass)` (\(errno.described)): \
            \(Self.vocabularyRemedy)
            """
        }
    }

    private static let vocabularyRemedy =
        "allow the server `security_t:dir { search open read }` and `security_t:file { open read }`, or update the policy"
}

extension LabelStartupFailure.Step {
    /// What is missing when this step fails.
    var remedy: String {
        switch self {
        case .ownContext:
            "mount /proc for the server"
        case .statusPage:
            """
            mount selinuxfs on /sys/fs/selinux for the server, writable (no ProtectKernelTunables=), and allow it \
            `security_t:dir search` and `security_t:file { open read map }`
            """
        case .enforcing:
            "allow the server `security_t:dir search` and `security_t:file { open read }`"
        case .decision:
            """
            mount selinuxfs on /sys/fs/selinux for the server, writable (no ProtectKernelTunables=), and allow it \
            `security_t:file { open read write }` and `security_t:security compute_av`
            """
        }
    }
}
