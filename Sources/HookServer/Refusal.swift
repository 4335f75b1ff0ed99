package import HookAudit
package import HookLinux
package import HookPolicy
package import HookSELinux
package import SystemPackage

/// Why a request was not granted: the errno that the client gets, and what the admin is told.
package struct Refusal: Error, Sendable {
    package let errno: Errno
    package let stage: AuditRecord.Stage
    package let reason: Reason

    init(_ errno: Errno, at stage: AuditRecord.Stage, _ reason: Reason) {
        self.errno = errno
        self.stage = stage
        self.reason = reason
    }

    package enum Reason: Sendable {
        // 2: flags
        case accessMode
        case unknownFlags(UInt32)
        case truncatingReader
        // 3: name
        case malformedName
        case relativeName
        case nameTooLong
        case parentOfUnresolvable
        // 4: policy
        case verdict(Verdict)
        case mayNotCreate(Rule.ID)
        // 5: resolve
        case rootIsGone(Root.ID)
        case symbolicLink
        case escape
        case untrustedWay
        case kernel
        // 6: object
        case kind(FileKind)
        case directory
        case hardLinks(UInt32)
        case fileSystem([UInt8])
        case deniedByAnotherName(Rule.ID)
        /// With the object's name as the policy spells it.
        case realNameNotGranted(Verdict, [UInt8])
        case unreachable
        case changedMeanwhile
        // 7: label
        case label(LabelRefusal)
        case noLabel
        case labelUnreadable
        case noKernelLabel
        case ruleLabelDiffers(SecurityContext)
        case labelIsNoContext
        // creation
        case exists
        case tooMany(Int)
        case danglingLink
        // names beyond open
        case mayNotDelete(Rule.ID)
        case twoUsers
        case makesNoDirectories
        case neverDone
        case notExecutable
        case noLink
        case targetElsewhere
        /// With the name that a statement would have to have; nil where none helps.
        case notOwnSocket([UInt8]?)
        case foreignUser
        case answer
        // 9 and later
        case auditFailed(Errno)
        case peerVanished
        case outOfTime
        case tooManyStuck
        case tooManyLanes
        case noLane
        case tooManyWaiting
        /// Not a refusal: what would have to be opened may hang, and is to be tried again where that harms nobody.
        /// It never reaches a client.
        case mayHang
    }

    /// What an opener without patience says of a file system that can hang.
    static let mayHang = Refusal(.resourceTemporarilyUnavailable, at: .resolve, .mayHang)

    /// Whether it is no refusal, but the answer to a question that was allowed: it leaves no record.
    var saysWhatIsThere: Bool {
        switch reason {
        case .noLink, .answer: true
        default: false
        }
    }

    /// Whether it was refused for its flags or its name, before any rule was asked.
    package var precedesRules: Bool {
        switch stage {
        case .flags, .name: true
        default: false
        }
    }

    var isMayHang: Bool {
        if case .mayHang = reason { return true }
        return false
    }
}
