internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookServer
internal import SystemPackage

/// Takes a call apart: its arguments, and what they point to in the memory of the process.
struct CallReader {
    let call: Notification
    let target: TargetThread
    let names: ManagedNames
    let policy: Policy
    let own: OwnDirectories

    init(
        _ call: Notification, _ target: TargetThread, _ names: ManagedNames, _ policy: Policy, _ own: OwnDirectories
    ) {
        self.call = call
        self.target = target
        self.names = names
        self.policy = policy
        self.own = own
    }

    /// - Throws: errnos of reading the memory, and those that the kernel has for bad arguments.
    func disposition() throws(Errno) -> CallDisposition {
        // The filter notifies no other call.
        guard let what = MediatedCall.byNumber[call.call] else { return .fail(.noFunction) }
        switch what {
        case .open: return try open(name(at: 0), flags: int(1))
        case .openat: return try open(name(at: 1, in: 0), flags: int(2))
        case .creat: return try open(name(at: 0), flags: OpenFlag.create | OpenFlag.writeOnly | OpenFlag.truncate)
        case .openat2: return try openWithHow()
        case .stat: return try status(name(at: 0), .stat, .followed, into: 1)
        case .lstat: return try status(name(at: 0), .stat, .itself, into: 1)
        case .newfstatat: return try statusAt(.stat, flags: word(3), into: 2)
        case .statx: return try statusAt(.statx(flags: word(2), mask: word(3)), flags: word(2), into: 4)
        case .access: return try access(name(at: 0), .followed, bits: word(1))
        case .faccessat: return try access(name(at: 1, in: 0), .followed, bits: word(2))
        case .faccessat2: return try accessWithFlags()
        case .readlink: return try readLink(name(at: 0), into: 1)
        case .readlinkat: return try readLink(name(at: 1, in: 0), into: 2)
        case .unlink: return try unlink(name(at: 0))
        case .unlinkat:
            let name = try name(at: 1, in: 0)
            return try word(2) & AtFlag.removeDirectory == 0 ? unlink(name) : named(name, .never(.rmdir))
        case .rename: return try rename(name(at: 0), name(at: 1), flags: 0)
        case .renameat: return try rename(name(at: 1, in: 0), name(at: 3, in: 2), flags: 0)
        case .renameat2: return try rename(name(at: 1, in: 0), name(at: 3, in: 2), flags: word(4))
        case .mkdir: return try named(name(at: 0), .makeDirectory)
        case .mkdirat: return try named(name(at: 1, in: 0), .makeDirectory)
        case .connect, .bind: return try socket(what)
        default: return try neverDone(what)
        }
    }

    // MARK: Arguments

    func word(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: call.arguments[index]) }
    func int(_ index: Int) -> CInt { CInt(truncatingIfNeeded: call.arguments[index]) }

    func name(at index: Int) throws(Errno) -> [UInt8] {
        try TargetName.read(target, call.arguments[index], directory: TargetName.workingDirectory)
    }

    func name(at index: Int, in directory: Int) throws(Errno) -> [UInt8] {
        try TargetName.read(target, call.arguments[index], directory: int(directory))
    }

    func isManaged(_ name: [UInt8]) -> Bool {
        !name.isEmpty && names.contain(TargetName.cleaned(name).span, policy)
    }

    /// A name of the policy's becomes a request; another one is the process's own affair.
    func named(
        _ name: [UInt8], _ operation: NameOperation, flags: UInt32 = 0, _ destination: AnswerDestination = .result
    ) throws(Errno) -> CallDisposition {
        if name.isEmpty { throw .noSuchFileOrDirectory }
        guard isManaged(name) else { return .continueCall }
        return .named(NamedRequest(operation, name: name, flags: flags), destination)
    }
}
