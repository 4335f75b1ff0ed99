internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookServer
internal import SystemPackage

/// Calls that open a file.
extension CallReader {
    /// The kernel drops bits of `open` and `openat` that it does not know.
    func open(_ name: [UInt8], flags: CInt) throws(Errno) -> CallDisposition {
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
    func openWithHow() throws(Errno) -> CallDisposition {
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
}

extension [UInt8] {
    /// Eight bytes in host byte order.
    fileprivate func word(at offset: Int) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(self[offset + $1]) << UInt64(8 * $1) }
    }
}
