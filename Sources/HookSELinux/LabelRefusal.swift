internal import HookLinux
package import SystemPackage

/// Why a request is refused in the label stage.
package enum LabelRefusal: Error, Sendable, Equatable {
    /// The subject may not do this to the object.
    case denied(LabelDenial)
    /// The broker could open the file, but the kernel would take the descriptor away when it arrives at the client.
    case withheld(LabelDenial)
    /// SELinux did not answer: the library call and its errno. No answer is never a yes.
    case unanswered(String, Errno)
    /// A policy was loaded that does not know a class or permission: its name.
    case unknownToPolicy(String)
    /// A new policy was loaded each time the question was asked.
    case policyKeepsChanging
    /// A check was asked for although labels are off.
    case labelsAreOff

    /// What the policy denied, for a record as object managers write it.
    package var denial: LabelDenial? {
        switch self {
        case .denied(let denial), .withheld(let denial): denial
        case .unanswered, .unknownToPolicy, .policyKeepsChanging, .labelsAreOff: nil
        }
    }
}

extension LabelRefusal: CustomStringConvertible {
    /// The reason, for the audit record.
    package var description: String {
        switch self {
        case .denied(let denial):
            "SELinux denies { \(denial.missing) } on \(denial.object) (\(denial.objectClass.name)) to \(denial.subject)"
        case .withheld(let denial):
            "the kernel would withhold this descriptor: \(denial.rule) (\(Self.remedy(denial.objectClass)))"
        case .unanswered(let call, .invalidArgument):
            "SELinux could not be asked: \(call): \(Errno.invalidArgument.described): does its policy know both labels?"
        case .unanswered(let call, let errno):
            "SELinux could not be asked: \(call): \(errno.described)"
        case .unknownToPolicy(let name):
            "the SELinux policy that was loaded meanwhile does not know \(name)"
        case .policyKeepsChanging:
            "the SELinux policy changed each time it was asked"
        case .labelsAreOff:
            "a label check was asked for although labels are off"
        }
    }

    /// What the policy module has for it: the use of the server's descriptors, and files on file systems without labels.
    private static func remedy(_ objectClass: ObjectClass) -> String {
        let install = "install the policy module: semodule -i openhook.pp"
        return objectClass == .fd ? install : install + "; then setsebool -P openhook_use_unlabeled_fs on"
    }
}
