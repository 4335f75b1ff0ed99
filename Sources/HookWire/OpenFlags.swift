/// The `O_` flags of `open(2)`, as glibc numbers them on this architecture and as requests carry them.
///
/// Any bits can be in a value, known ones or not: that a request holds nothing but accepted flags is decided elsewhere.
package struct OpenFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// What a file is opened for. The fourth value of the two bits is none of them.
    package enum Access: UInt32, Sendable, CaseIterable {
        case readOnly = 0
        case writeOnly = 1
        case readWrite = 2
    }

    /// Whether no flag is set. This and the next three are the protocol's own, which another module can reach only
    /// through its witnesses.
    package var isEmpty: Bool { rawValue == 0 }

    /// Whether all of these flags are set.
    package func contains(_ flags: OpenFlags) -> Bool { rawValue & flags.rawValue == flags.rawValue }

    /// The flags that are set in both.
    package func intersection(_ flags: OpenFlags) -> OpenFlags { OpenFlags(rawValue: rawValue & flags.rawValue) }

    /// The flags but for these.
    package func subtracting(_ flags: OpenFlags) -> OpenFlags { OpenFlags(rawValue: rawValue & ~flags.rawValue) }

    /// What the file is opened for; nil for the value 3, which Linux gives a meaning of its own.
    package var access: Access? { Access(rawValue: rawValue & OpenFlags.accessMode.rawValue) }

    /// `O_RDONLY`: no bit at all.
    package static let readOnly = OpenFlags(rawValue: Access.readOnly.rawValue)
    /// `O_WRONLY`
    package static let writeOnly = OpenFlags(rawValue: Access.writeOnly.rawValue)
    /// `O_RDWR`
    package static let readWrite = OpenFlags(rawValue: Access.readWrite.rawValue)
    /// `O_ACCMODE`: the bits that hold the access.
    package static let accessMode = OpenFlags(rawValue: 3)

    /// `O_CREAT`
    package static let create = OpenFlags(rawValue: 0o100)
    /// `O_EXCL`
    package static let exclusive = OpenFlags(rawValue: 0o200)
    /// `O_NOCTTY`
    package static let noControllingTerminal = OpenFlags(rawValue: 0o400)
    /// `O_TRUNC`
    package static let truncate = OpenFlags(rawValue: 0o1000)
    /// `O_APPEND`
    package static let append = OpenFlags(rawValue: 0o2000)
    /// `O_NONBLOCK`
    package static let nonBlocking = OpenFlags(rawValue: 0o4000)
    /// `O_DSYNC`
    package static let dataSync = OpenFlags(rawValue: 0o10000)
    /// `O_ASYNC`
    package static let async = OpenFlags(rawValue: 0o20000)
    /// `O_NOATIME`
    package static let noAccessTime = OpenFlags(rawValue: 0o1_000_000)
    /// `O_CLOEXEC`
    package static let closeOnExec = OpenFlags(rawValue: 0o2_000_000)
    /// `O_SYNC`: a bit of its own and that of `O_DSYNC`.
    package static let sync = OpenFlags(rawValue: 0o4_000_000).union(dataSync)
    /// `O_PATH`
    package static let path = OpenFlags(rawValue: 0o10_000_000)
    /// `O_TMPFILE`: a bit of its own and that of `O_DIRECTORY`.
    package static let temporaryFile = OpenFlags(rawValue: 0o20_000_000).union(directory)

    #if arch(x86_64)
        /// `O_DIRECT`
        package static let direct = OpenFlags(rawValue: 0o40000)
        /// `O_LARGEFILE` as the kernel numbers it; in 64-bit programs glibc's own name for it is 0.
        package static let largeFile = OpenFlags(rawValue: 0o100_000)
        /// `O_DIRECTORY`
        package static let directory = OpenFlags(rawValue: 0o200_000)
        /// `O_NOFOLLOW`
        package static let noFollow = OpenFlags(rawValue: 0o400_000)
    #elseif arch(arm64)
        /// `O_DIRECTORY`
        package static let directory = OpenFlags(rawValue: 0o40000)
        /// `O_NOFOLLOW`
        package static let noFollow = OpenFlags(rawValue: 0o100_000)
        /// `O_DIRECT`
        package static let direct = OpenFlags(rawValue: 0o200_000)
        /// `O_LARGEFILE` as the kernel numbers it; in 64-bit programs glibc's own name for it is 0.
        package static let largeFile = OpenFlags(rawValue: 0o400_000)
    #else
        #error("the numbers of the open flags on this architecture are not known")
    #endif
}
