/// `AT_` flags (openat(2), statx(2), unlinkat(2)), the same on every architecture.
enum AtFlag {
    static let noFollow: UInt32 = 0x100
    static let effective: UInt32 = 0x200
    static let removeDirectory: UInt32 = 0x200
    static let noAutomount: UInt32 = 0x800
    static let emptyPath: UInt32 = 0x1000
    static let statxFreshness: UInt32 = 0x6000
}
