/// What is asked of SELinux (`selinux`).
package enum SELinuxRequirement: UInt8, Sendable, Hashable, CaseIterable {
    case require, ifEnabled, off

    /// The word of the policy language.
    package var word: String {
        switch self {
        case .require: "require"
        case .ifEnabled: "if-enabled"
        case .off: "off"
        }
    }
}

/// How many requests are answered without delay (`rate`).
package enum Rate: Sendable, Hashable {
    /// So many a second on the average, and so many at once.
    case limited(perSecond: Int, burst: Int)
    case unlimited

    /// What holds without a `rate` statement.
    package static let standard = Rate.limited(perSecond: 200, burst: 5000)
}

/// Whether an unmodified QEMU under seccomp notification may use io_uring (`io_uring allow`).
package enum IOUring: UInt8, Sendable, Hashable {
    case refused, allowed
}

/// What an unmodified QEMU may do with its own rights (`own`). It grants nothing of the broker's.
package struct OwnStatement: Sendable {
    package enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        case readOnly, readWrite, socket

        /// The word of the policy language.
        package var word: String {
            switch self {
            case .readOnly: "ro"
            case .readWrite: "rw"
            case .socket: "socket"
            }
        }
    }

    /// A path, which holds for what is beneath it too.
    package struct Path: Sendable {
        package let path: AbsolutePath
        package let span: SourceSpan
    }

    package let kind: Kind
    package let paths: [Path]
    package let span: SourceSpan
}

/// Where single settings are stated; nil for what holds because nothing is said.
package struct SettingSpans: Sendable {
    package let vm, uuid, selinux, directory, rate, ioUring: SourceSpan?
}
