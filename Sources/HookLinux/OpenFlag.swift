/// The `O_` flags of this architecture that the broker itself uses (`open(2)`, asm/fcntl.h).
package enum OpenFlag {
    package static let readOnly: CInt = 0o0
    package static let writeOnly: CInt = 0o1
    package static let readWrite: CInt = 0o2
    package static let accessMode: CInt = 0o3
    package static let create: CInt = 0o100
    package static let exclusive: CInt = 0o200
    package static let noControllingTerminal: CInt = 0o400
    package static let truncate: CInt = 0o1000
    package static let append: CInt = 0o2000
    package static let nonBlocking: CInt = 0o4000
    package static let dataSync: CInt = 0o10000
    package static let noAccessTime: CInt = 0o1_000_000
    package static let closeOnExec: CInt = 0o2_000_000
    package static let sync: CInt = 0o4_010_000
    package static let pathOnly: CInt = 0o10_000_000

    #if arch(arm64) || arch(arm)
        package static let directory: CInt = 0o40000
        package static let noFollow: CInt = 0o100_000
        package static let direct: CInt = 0o200_000
        package static let largeFile: CInt = 0o400_000
    #else
        package static let direct: CInt = 0o40000
        package static let largeFile: CInt = 0o100_000
        package static let directory: CInt = 0o200_000
        package static let noFollow: CInt = 0o400_000
    #endif
}
