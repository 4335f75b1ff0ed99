internal import HookLinux
package import HookPolicy
internal import HookSELinux
internal import HookWire

/// A refusal in words: for the audit record, and for `openhook explain`.
extension Refusal {
    /// What an admin is told.
    package struct Story: Sendable {
        package let reason: String
        /// The rule that the reason is about.
        package let rule: Rule.ID?
        /// The policy line that would have granted the request, and where to put it.
        package let suggestion: Suggestion?
    }

    /// - Parameter name: the name that was decided about: absolute and clean.
    package func story(
        name: [UInt8], access: Access, creating: Bool, _ policy: Policy
    ) -> Story {
        switch reason {
        case .verdict(let verdict):
            return story(of: verdict, name, access, creating, policy)
        case .realNameNotGranted(let verdict, let spelled):
            return story(of: verdict, spelled, access, creating, policy)
        case .mayNotDelete(let rule):
            return Story(reason: "\(policy.describe(rule)) has no `delete`", rule: rule, suggestion: nil)
        case .mayNotCreate(let rule):
            let explanation = policy.explain(.granted(rule), name: name, access: access, creating: true)
            return Story(reason: explanation.reason, rule: rule, suggestion: explanation.suggestion)
        case .deniedByAnotherName(let rule):
            return Story(
                reason: "\(policy.describe(rule)) denies the object that this name leads to", rule: rule,
                suggestion: nil)
        default:
            return Story(reason: words, rule: nil, suggestion: nil)
        }
    }

    private func story(
        of verdict: Verdict, _ name: [UInt8], _ access: Access, _ creating: Bool, _ policy: Policy
    ) -> Story {
        let explanation = policy.explain(verdict, name: name, access: access, creating: creating)
        let rule: Rule.ID? =
            switch verdict {
            case .denied(let rule), .insufficient(let rule), .tie(let rule, _): rule
            case .granted(let rule), .learning(let rule): rule
            case .unlisted: nil
            }
        return Story(reason: explanation.reason, rule: rule, suggestion: explanation.suggestion)
    }

    /// The reasons that need no policy to be told.
    var words: String {
        switch reason {
        case .accessMode: "the access mode is none of O_RDONLY, O_WRONLY, O_RDWR"
        case .unknownFlags(let bits):
            "flags that the broker does not pass on: \(OpenFlags(rawValue: bits).withoutAccess)"
        case .truncatingReader: "O_TRUNC with O_RDONLY"
        case .malformedName: "the name is empty or has a NUL in it"
        case .relativeName: "the name is relative, and the policy has no `directory`"
        case .nameTooLong: "the name is longer than 4095 bytes"
        case .parentOfUnresolvable: "what stands before `..` is no directory beneath a root of the policy"
        case .rootIsGone: "the root's directory is gone"
        case .symbolicLink: "a symbolic link is on the way; the rule has no `symlinks inside`"
        case .escape: "escape: the way leads out of the root"
        case .untrustedWay: "a directory on the way does not belong to root alone, as `symlinks follow` requires"
        case .kernel: "the kernel: \(errno.described)"
        case .kind(let kind): "the object is a \(kind.word); the rule has no `kind` for that"
        case .directory: "the object is a directory"
        case .hardLinks(let count): "the file has \(count) names; the rule has no `hardlinks allow`"
        case .fileSystem(let found):
            "the file system is \(String(decoding: found, as: UTF8.self)), which the root's `filesystem` does not name"
        case .unreachable: "the object lies outside of what this process can reach by name"
        case .changedMeanwhile: "the object changed between two looks at it"
        case .label(let refusal): refusal.description
        case .noLabel: "the file has no label: add `label CONTEXT` to the rule or its root"
        case .labelUnreadable: "the file's label cannot be read"
        case .noKernelLabel: "the kernel has no label for the file"
        case .ruleLabelDiffers(let found): "the file's label is \(found), not the one that the rule names"
        case .labelIsNoContext: "the label of the policy is no context for this peer: does its label have a level?"
        case .exists: "the name exists, and O_EXCL asks that it must not"
        case .tooMany(let limit): "\(limit) files match the rule already: that is its `limit`"
        case .mayNotDelete: "the rule has no `delete`"
        case .twoUsers: "the roots of the two names are opened with the rights of different users (`as`)"
        case .makesNoDirectories: "the broker makes no directories"
        case .neverDone: "the broker does this for nobody"
        case .notExecutable: "the broker gives nothing to execute"
        case .noLink: "the name is no symbolic link"
        case .targetElsewhere:
            "the process has another root directory or mounts, in which the name means something else"
        case .notOwnSocket(let name):
            "no `own socket` or `own rw` statement names this socket"
                + (name.map { ": add `own socket \(escaped($0))`" } ?? "")
        case .answer: "the kernel's answer to what the program may do"
        case .foreignUser: "the broker may not act as the user of that process"
        case .danglingLink: "the name is a symbolic link that leads to nothing"
        case .auditFailed(let errno): "the audit record cannot be written: \(errno.described)"
        case .peerVanished: "the client has gone"
        case .outOfTime: "the file system did not answer in time"
        case .tooManyStuck: "\(CountByRoot.mostStuck) opens beneath this root hang already"
        case .tooManyLanes: "\(LanePool.mostLanes) opens of files that may hang are going on already"
        case .noLane: "no thread can be started for a file that may hang: \(errno.described)"
        case .tooManyWaiting: "\(CountByRoot.mostWaiting) requests beneath this root wait already"
        case .mayHang: "the file system may hang"
        case .verdict, .mayNotCreate, .deniedByAnotherName, .realNameNotGranted: "refused"
        }
    }
}

extension OpenFlags {
    fileprivate var withoutAccess: String {
        let words = subtracting(.accessMode) == self ? words.dropFirst() : words[...]
        return words.joined(separator: "|")
    }
}

extension FileKind {
    var word: String {
        switch self {
        case .file: "regular file"
        case .directory: "directory"
        case .blockDevice: "block device"
        case .characterDevice: "character device"
        case .fifo: "FIFO"
        case .socket: "socket"
        case .symbolicLink: "symbolic link"
        case .unknown: "object of an unknown kind"
        }
    }
}
