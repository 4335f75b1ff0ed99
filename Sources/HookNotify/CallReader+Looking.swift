internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookServer
internal import SystemPackage

/// Calls that ask what a name stands for.
extension CallReader {
    func status(
        _ name: [UInt8], _ form: NameOperation.StatusForm, _ link: NameOperation.LinkAtEnd, into index: Int
    ) throws(Errno) -> CallDisposition {
        try named(name, .status(form, link), .memory(call.arguments[index]))
    }

    func statusAt(
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

    func access(
        _ name: [UInt8], _ link: NameOperation.LinkAtEnd, bits: UInt32
    ) throws(Errno) -> CallDisposition {
        try named(name, .access(bits, link))
    }

    func accessWithFlags() throws(Errno) -> CallDisposition {
        let flags = word(3)
        guard flags & ~(AtFlag.noFollow | AtFlag.effective | AtFlag.emptyPath) == 0 else { throw .invalidArgument }
        let name = try name(at: 1, in: 0)
        if name.isEmpty, flags & AtFlag.emptyPath != 0 { return ofDescriptor }
        return try access(name, flags & AtFlag.noFollow == 0 ? .followed : .itself, bits: word(2))
    }

    func readLink(_ name: [UInt8], into index: Int) throws(Errno) -> CallDisposition {
        let room = int(index + 1)
        guard room > 0 else { throw .invalidArgument }
        // readlinkat(2) of a descriptor that is a link itself.
        if name.isEmpty { return ofDescriptor }
        return try named(name, .readLink, .buffer(call.arguments[index], room: Int(room)))
    }

    /// What is about an open descriptor and no name: harmless, but the process is on its own, which `strict` excludes.
    private var ofDescriptor: CallDisposition { names.coverage == .strict ? .fail(.permissionDenied) : .continueCall }
}
