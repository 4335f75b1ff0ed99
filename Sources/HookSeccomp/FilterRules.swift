internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// What happens to a system call, in one case of its arguments.
struct FilterRule: Sendable {
    enum Action: Sendable, Equatable {
        case notify
        case fail(Errno)
    }

    /// Holds if the low 32 bits of an argument are `value` under a mask: what the kernel itself looks at.
    struct Condition: Sendable {
        let argument: UInt32
        let mask: UInt32
        let value: UInt32
    }

    let call: SystemCallName
    let action: Action
    var conditions: [Condition] = []
}

/// The rules of the filter. What no rule is about is allowed; calls of another ABI kill the process.
struct FilterRules {
    private(set) var rules: [FilterRule] = []
    private(set) var words: [String] = []

    init(ioUring: IOUring, _ coverage: NotifyFilter.Coverage) {
        addMediated(coverage)
        fail(Self.neverNeeded, .notPermitted)
        addNamespaces()
        addDatagrams()
        if ioUring == .refused { fail(["io_uring_setup", "io_uring_enter", "io_uring_register"], .noFunction) }
        words.append("the process is killed: calls of another ABI (32-bit and x32 calls of a 64-bit process)")
        words.append("allowed: every other call")
    }

    private mutating func addMediated(_ coverage: NotifyFilter.Coverage) {
        for call in MediatedCall.allCases {
            var rule = FilterRule(call: call.rawValue, action: .notify)
            // `fstat` of today's C libraries: about a descriptor, unless there is a name as well, with which the
            // process is then on its own.
            if coverage == .managedNames, let flags = call.emptyPathArgument {
                rule.conditions = [.init(argument: flags, mask: AtFlag.emptyPath, value: 0)]
            }
            rules.append(rule)
        }
        say("the broker answers", MediatedCall.allCases.map(\.rawValue))
    }

    /// What reaches files by other ways than names, or other processes.
    private static let neverNeeded: [SystemCallName] = [
        "open_by_handle_at", "name_to_handle_at", "mount", "umount2", "pivot_root", "chroot", "open_tree",
        "open_tree_attr", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "ptrace",
        "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "bpf", "userfaultfd",
        "fanotify_init", "acct", "swapon", "swapoff", "quotactl", "quotactl_fd", "setns", "unshare", "uselib",
    ]

    /// A process in another mount namespace or under another root would mean other files by the same names.
    private mutating func addNamespaces() {
        for flag in CloneFlag.newNamespaces {
            rules.append(
                FilterRule(
                    call: "clone", action: .fail(.notPermitted),
                    conditions: [.init(argument: 0, mask: flag, value: flag)]))
        }
        words.append("fails with EPERM: clone with a new namespace")
        // Its flags lie in memory, where a filter cannot see them. C libraries use `clone` then.
        fail(["clone3"], .noFunction)
    }

    /// A datagram can be sent to any socket by its name, in a message that no filter can read.
    private mutating func addDatagrams() {
        for call in ["socket", "socketpair"] as [SystemCallName] {
            for type in [UInt32(2), 3] {
                rules.append(
                    FilterRule(
                        call: call, action: .fail(.permissionDenied),
                        conditions: [
                            .init(argument: 0, mask: .max, value: 1), .init(argument: 1, mask: 0xf, value: type),
                        ]))
            }
        }
        words.append("fails with EACCES: socket and socketpair of AF_UNIX datagram sockets")
    }

    private mutating func fail(_ calls: [SystemCallName], _ errno: Errno) {
        rules += calls.map { FilterRule(call: $0, action: .fail(errno)) }
        say("fails with \(errno.name ?? "\(errno.rawValue)")", calls)
    }

    private mutating func say(_ what: String, _ calls: [SystemCallName]) {
        words.append("\(what): \(calls.filter { $0.number != nil }.map(\.description).joined(separator: " "))")
    }
}

extension MediatedCall {
    /// The argument with the `AT_` flags of a call whose name may be empty.
    fileprivate var emptyPathArgument: UInt32? {
        switch self {
        case .newfstatat: 3
        case .statx: 2
        default: nil
        }
    }
}

private enum AtFlag {
    static let emptyPath: UInt32 = 0x1000
}

private enum CloneFlag {
    /// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET: `clone(2)`.
    static let newNamespaces: [UInt32] = [
        0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000,
    ]
}
