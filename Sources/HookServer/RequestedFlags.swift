internal import HookAudit
internal import HookLinux
package import HookPolicy
internal import HookWire
internal import SystemPackage

/// Stage 2: the flags of a request, each of which is known and accepted.
package struct RequestedFlags: Sendable {
    package let access: Access
    /// `O_CREAT`: the file may be made if it is missing.
    package let creates: Bool
    /// `O_EXCL`, which beside `O_CREAT` means "it must be missing", and alone claims a block device.
    package let isExclusive: Bool
    /// `O_TRUNC`, done by the broker once the open is recorded.
    package let truncates: Bool
    /// `O_NOFOLLOW`: the last component must not be a symbolic link.
    package let refusesLastLink: Bool
    /// `O_APPEND`
    package let appends: Bool
    /// What the reopening gets: the access mode and the status flags asked for.
    let reopening: CInt

    /// Every other bit is refused: `O_ASYNC`, `O_DIRECTORY`, `O_PATH`, `O_TMPFILE`, and those of kernels to come.
    private static let accepted: OpenFlags = [
        .accessMode, .create, .exclusive, .noControllingTerminal, .truncate, .append, .nonBlocking, .dataSync, .sync,
        .direct, .largeFile, .noFollow, .noAccessTime, .closeOnExec,
    ]

    /// What belongs to the open file description and so must be as the client's own `open` would have set it.
    private static let status: OpenFlags = [
        .accessMode, .append, .nonBlocking, .dataSync, .sync, .direct, .largeFile, .noAccessTime,
    ]

    /// Those of nothing but an access.
    init(_ access: Access) {
        self.access = access
        (creates, isExclusive, truncates, refusesLastLink, appends) = (false, false, false, false, false)
        let mode: OpenFlags =
            switch access {
            case .readOnly: .readOnly
            case .writeOnly: .writeOnly
            case .readWrite: .readWrite
            }
        reopening = CInt(bitPattern: mode.rawValue)
    }

    /// - Throws: `EINVAL`.
    package init(_ raw: UInt32) throws(Refusal) {
        let flags = OpenFlags(rawValue: raw)
        let unknown = flags.subtracting(Self.accepted)
        guard unknown.isEmpty else { throw Refusal(.invalidArgument, at: .flags, .unknownFlags(unknown.rawValue)) }
        switch flags.access {
        case .readOnly: access = .readOnly
        case .writeOnly: access = .writeOnly
        case .readWrite: access = .readWrite
        case nil: throw Refusal(.invalidArgument, at: .flags, .accessMode)
        }
        creates = flags.contains(.create)
        isExclusive = flags.contains(.exclusive)
        truncates = flags.contains(.truncate)
        refusesLastLink = flags.contains(.noFollow)
        appends = flags.contains(.append)
        if truncates, access == .readOnly { throw Refusal(.invalidArgument, at: .flags, .truncatingReader) }
        var reopening = flags.intersection(Self.status)
        if isExclusive, !creates { reopening.insert(.exclusive) }
        self.reopening = CInt(bitPattern: reopening.rawValue)
    }
}
