internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookServer
internal import SystemPackage

/// What a process wants with a call.
enum CallDisposition {
    /// It may do that itself: with its own rights, no others.
    case continueCall
    /// The call is none: as the kernel would have said.
    case fail(Errno)
    /// Something with a name.
    case named(NamedRequest, AnswerDestination)
    /// The status of an open descriptor.
    case descriptorStatus(CInt, NameOperation.StatusForm, AnswerDestination)
    case socket(SocketCall)
    case removal(OwnRemoval)
}

/// Takes a call apart: its arguments, and what they point to in the memory of the process.
struct CallReader {
    private let call: Notification
    private let target: TargetThread
    private let names: ManagedNames
    private let policy: Policy
    private let own: OwnDirectories

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

    private func word(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: call.arguments[index]) }
    private func int(_ index: Int) -> CInt { CInt(truncatingIfNeeded: call.arguments[index]) }

    private func name(at index: Int) throws(Errno) -> [UInt8] {
        try TargetName.read(target, call.arguments[index], directory: TargetName.workingDirectory)
    }

    private func name(at index: Int, in directory: Int) throws(Errno) -> [UInt8] {
        try TargetName.read(target, call.arguments[index], directory: int(directory))
    }

    private func isManaged(_ name: [UInt8]) -> Bool {
        !name.isEmpty && names.contain(TargetName.cleaned(name).span, policy)
    }

    /// A name of the policy's becomes a request; another one is the process's own affair.
    private func named(
        _ name: [UInt8], _ operation: NameOperation, flags: UInt32 = 0, _ destination: AnswerDestination = .result
    ) throws(Errno) -> CallDisposition {
        if name.isEmpty { throw .noSuchFileOrDirectory }
        guard isManaged(name) else { return .continueCall }
        return .named(NamedRequest(operation, name: name, flags: flags), destination)
    }

    // MARK: Opening

    /// The kernel drops bits of `open` and `openat` that it does not know.
    private func open(_ name: [UInt8], flags: CInt) throws(Errno) -> CallDisposition {
        let known = UInt32(bitPattern: flags) & Self.knownOpenFlags
        return try named(name, .open, flags: known, .descriptor(atExec(known)))
    }

    private func atExec(_ flags: UInt32) -> DescriptorAtExec {
        flags & UInt32(bitPattern: OpenFlag.closeOnExec) == 0 ? .kept : .closed
    }

    /// Every flag of `open(2)`, accepted or not; `O_ASYNC` and `O_TMPFILE` have no name of their own here.
    private static let knownOpenFlags: UInt32 = [
        OpenFlag.accessMode, OpenFlag.create, OpenFlag.exclusive, OpenFlag.noControllingTerminal, OpenFlag.truncate,
        OpenFlag.append, OpenFlag.nonBlocking, OpenFlag.dataSync, OpenFlag.sync, OpenFlag.direct, OpenFlag.largeFile,
        OpenFlag.directory, OpenFlag.noFollow, OpenFlag.noAccessTime, OpenFlag.closeOnExec, OpenFlag.pathOnly,
        0o20000, 0o20_000_000,
    ].reduce(0) { $0 | UInt32(bitPattern: $1) }

    /// `struct open_how` lies in memory: flags, mode, resolve; longer ones end with zeros (openat2(2)).
    private func openWithHow() throws(Errno) -> CallDisposition {
        let size = call.arguments[3]
        guard size >= 24 else { throw .invalidArgument }
        guard size <= 4096 else { throw .argListTooLong }
        let how = try target.read(Int(size), at: call.arguments[2])
        guard how[24...].allSatisfy({ $0 == 0 }) else { throw .argListTooLong }
        let flags = how.word(at: 0)
        let resolve = how.word(at: 16)
        let name = try name(at: 1, in: 0)
        if name.isEmpty { throw .noSuchFileOrDirectory }
        guard isManaged(name) else { return .continueCall }
        // How a name is resolved is the policy's to say.
        guard flags >> 32 == 0, resolve == 0 else { return .fail(.invalidArgument) }
        return .named(
            NamedRequest(.open, name: name, flags: UInt32(truncatingIfNeeded: flags)),
            .descriptor(atExec(UInt32(truncatingIfNeeded: flags))))
    }

    // MARK: Looking

    private func status(
        _ name: [UInt8], _ form: NameOperation.StatusForm, _ link: NameOperation.LinkAtEnd, into index: Int
    ) throws(Errno) -> CallDisposition {
        try named(name, .status(form, link), .memory(call.arguments[index]))
    }

    private func statusAt(
        _ form: NameOperation.StatusForm, flags: UInt32, into index: Int
    ) throws(Errno) -> CallDisposition {
        let known = AtFlag.noFollow | AtFlag.noAutomount | AtFlag.emptyPath | AtFlag.statxFreshness
        guard flags & ~known == 0 else { throw .invalidArgument }
        let hasName = call.arguments[1] != 0
        let name = hasName || flags & AtFlag.emptyPath == 0 ? try name(at: 1, in: 0) : []
        if name.isEmpty, flags & AtFlag.emptyPath != 0 {
            guard names.coverage == .strict else { return .continueCall }
            return .descriptorStatus(int(0), form, .memory(call.arguments[index]))
        }
        let link: NameOperation.LinkAtEnd = flags & AtFlag.noFollow == 0 ? .followed : .itself
        return try status(name, form, link, into: index)
    }

    private func access(
        _ name: [UInt8], _ link: NameOperation.LinkAtEnd, bits: UInt32
    ) throws(Errno) -> CallDisposition {
        try named(name, .access(bits, link))
    }

    private func accessWithFlags() throws(Errno) -> CallDisposition {
        let flags = word(3)
        guard flags & ~(AtFlag.noFollow | AtFlag.effective | AtFlag.emptyPath) == 0 else { throw .invalidArgument }
        let name = try name(at: 1, in: 0)
        if name.isEmpty, flags & AtFlag.emptyPath != 0 { return ofDescriptor }
        return try access(name, flags & AtFlag.noFollow == 0 ? .followed : .itself, bits: word(2))
    }

    private func readLink(_ name: [UInt8], into index: Int) throws(Errno) -> CallDisposition {
        let room = int(index + 1)
        guard room > 0 else { throw .invalidArgument }
        // readlinkat(2) of a descriptor that is a link itself.
        if name.isEmpty { return ofDescriptor }
        return try named(name, .readLink, .buffer(call.arguments[index], room: Int(room)))
    }

    /// What is about an open descriptor and no name: harmless, but the process is on its own, which `strict` excludes.
    private var ofDescriptor: CallDisposition { names.coverage == .strict ? .fail(.permissionDenied) : .continueCall }

    // MARK: Changing

    private func unlink(_ name: [UInt8]) throws(Errno) -> CallDisposition {
        if names.coverage == .strict, !name.isEmpty, own.contain(TargetName.cleaned(name)) {
            return .removal(OwnRemoval(path: name, target: target))
        }
        return try named(name, .unlink)
    }

    private func rename(_ from: [UInt8], _ to: [UInt8], flags: UInt32) throws(Errno) -> CallDisposition {
        guard !from.isEmpty, !to.isEmpty else { throw .noSuchFileOrDirectory }
        switch (isManaged(from), isManaged(to)) {
        case (true, true): return .named(NamedRequest(.rename(to: to, flags: flags), name: from), .result)
        case (false, false): return .continueCall
        // As between two file systems: a program that wants to go on copies the file.
        case (true, false), (false, true): return .fail(.improperLink)
        }
    }

    /// What the broker does for nobody.
    private func neverDone(_ what: MediatedCall) throws(Errno) -> CallDisposition {
        let operation = what.operation
        for place in what.names {
            let name: [UInt8]
            if call.arguments[place.name] == 0, what == .utimensat {
                name = []
            } else if let directory = place.directory {
                name = try self.name(at: place.name, in: directory)
            } else {
                name = try self.name(at: place.name)
            }
            if what == .linkat || what == .link, place.name == what.names.first?.name {
                // A descriptor, or its entry in /proc: a file that the broker gave must not get another name.
                let cleaned = TargetName.cleaned(name)
                if name.isEmpty || cleaned.starts(with: Array("/proc/".utf8)) { return .fail(.notPermitted) }
            }
            if isManaged(name) { return .named(NamedRequest(.never(operation), name: name), .result) }
            if name.isEmpty, names.coverage == .strict { return .fail(.notPermitted) }
        }
        return .continueCall
    }

    // MARK: Sockets

    private func socket(_ what: MediatedCall) throws(Errno) -> CallDisposition {
        let length = int(2)
        guard length >= 0, length <= SocketCall.longestAddress else { throw .invalidArgument }
        let address = try target.read(Int(length), at: call.arguments[1])
        // A socket is bound in directories that the process may write itself, or not at all: there a changed name gains
        // nothing. A connection reaches what somebody else listens at.
        if what == .bind, names.coverage == .managedNames {
            guard try SocketCall.path(of: address, target).map(isManaged) ?? false else { return .continueCall }
        }
        return .socket(try SocketCall(what == .bind ? .bind : .connect, int(0), address, target))
    }
}

private enum AtFlag {
    static let noFollow: UInt32 = 0x100
    static let effective: UInt32 = 0x200
    static let removeDirectory: UInt32 = 0x200
    static let noAutomount: UInt32 = 0x800
    static let emptyPath: UInt32 = 0x1000
    static let statxFreshness: UInt32 = 0x6000
}

extension [UInt8] {
    /// Eight bytes in host byte order.
    fileprivate func word(at offset: Int) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(self[offset + $1]) << UInt64(8 * $1) }
    }
}
