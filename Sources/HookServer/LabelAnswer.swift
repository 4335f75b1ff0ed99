package import HookSELinux

/// Who is asked in stage 7 of a question.
package enum LabelAuthority: Sendable {
    /// The policy of this machine's kernel, with this process in the server's place.
    case kernel(any SELinuxInterface)
    /// Another policy, with the label that the server is to have there.
    case policy(any PolicyEngine, server: SecurityContext)
}

/// What a question says of the label that the file has; of a file that is to be made, its directory.
package enum GivenObjectLabel: Sendable {
    /// Nothing: the policy's label stands for the file, if it gives one.
    case none
    /// The file system keeps labels, and the file has this one.
    case own(SecurityContext)
    /// The file system keeps none, and the kernel calls all its files this.
    case mount(SecurityContext)
}

/// Stage 7 for a question: the label that the policy gives to a file, and what SELinux says of it.
package struct LabelAnswer: Sendable {
    package enum Source: Sendable { case kernel, rule, root }

    package enum Finding: Sendable {
        /// Nothing was asked, because there is nobody to ask.
        case kernelHasNoLabels
        /// `selinux off`
        case policySaysOff
        /// The policy gives none: the file's own label decides, and a file without one is refused.
        case filesOwn
        /// The policy gives none to a file that is made: the host's SELinux policy does, by its directory.
        case newFilesOwn
        case asked(LabelVerdict)
        /// The descriptor would be kept from the client. It depends on the label of the server, for which this
        /// process's own stood here.
        case withheld(LabelRefusal)
        case unavailable(LabelStartupFailure)
    }

    /// The label that decides, with the peer's level in it where the policy says so.
    package let context: SecurityContext?
    package let source: Source?
    package let finding: Finding
}
